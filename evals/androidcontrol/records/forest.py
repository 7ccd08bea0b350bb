"""AndroidAccessibilityForest: what an accessibility service saw on a screen.

Field numbers: google-deepmind/android_env, android_env/proto/a11y/*.proto.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from handeye.evals.androidcontrol.records.wire import Value, data, fields, signed, text

_WINDOWS: Final = 1
_WINDOW_BOUNDS, _WINDOW_TREE = 1, 11
_NODES: Final = 1
_BOUNDS, _DESCRIPTION, _TEXT, _SCROLLABLE, _VISIBLE, _CHILD = 2, 4, 7, 21, 23, 25


class Bounds(NamedTuple):
    """A rectangle in pixels of the screen. It may be empty, reversed, or outside of the screen."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0

    @property
    def area(self) -> float:
        """Width times height, in square pixels."""
        return (self.right - self.left) * (self.bottom - self.top)

    def contains(self, x: float, y: float) -> bool:
        """Return whether a place lies in it or on its edge."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a tree."""

    bounds: Bounds
    text: str = ""
    description: str = ""
    is_visible: bool = False
    is_scrollable: bool = False
    is_leaf: bool = True


@dataclass(frozen=True, slots=True)
class Forest:
    """The windows of a screen."""

    nodes: Sequence[Node]
    """Of all windows, in the order of the file."""
    boxes: Sequence[Bounds]
    """Of windows and nodes, each window's before those of its nodes."""


def read_forest(message: bytes | memoryview) -> Forest:
    """Read a forest. Raises `Malformed`."""
    nodes: list[Node] = []
    boxes: list[Bounds] = []
    for number, window in fields(memoryview(message)):
        if number != _WINDOWS:
            continue
        members = list(fields(data(window)))
        boxes += [_bounds(value) for place, value in members if place == _WINDOW_BOUNDS]
        for place, tree in members:
            if place != _WINDOW_TREE:
                continue
            for kind, value in fields(data(tree)):
                if kind == _NODES:
                    node, is_bounded = _node(value)
                    nodes.append(node)
                    boxes += [node.bounds] if is_bounded else []
    return Forest(nodes, boxes)


def _node(message: Value) -> tuple[Node, bool]:
    """Return a node, and whether it says where it is."""
    bounds: Bounds | None = None
    words = {_TEXT: "", _DESCRIPTION: ""}
    flags = {_SCROLLABLE: False, _VISIBLE: False}
    leaf = True
    for number, value in fields(data(message)):
        if number == _BOUNDS:
            bounds = _bounds(value)
        elif number in words:
            words[number] = text(value)
        elif number in flags:
            flags[number] = bool(signed(value))
        elif number == _CHILD:
            leaf = False
    node = Node(bounds or Bounds(), words[_TEXT], words[_DESCRIPTION], flags[_VISIBLE], flags[_SCROLLABLE], leaf)
    return node, bounds is not None


def _bounds(message: Value) -> Bounds:
    sides = [0.0, 0.0, 0.0, 0.0]
    for number, value in fields(data(message)):
        if 1 <= number <= 4:
            sides[number - 1] = float(signed(value))
    return Bounds(*sides)
