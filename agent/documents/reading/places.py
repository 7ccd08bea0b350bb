"""Where an element is: `data-bbox="x1 y1 x2 y2"`, `data-polygon="x1 y1 x2 y2 …"`, in pixels that the model saw."""

import math
import re
from typing import NamedTuple

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.agent.documents.reading.nodes import Node
from handeye.model.grounding import box_in

_NUMBER = re.compile(r"(?<![\w.])-?\d{1,9}(?:\.\d{0,9})?")
_MOST = 400
"""The numbers of an outline that count."""


class Place(NamedTuple):
    """A place in pixels of the page."""

    box: Box | None
    polygon: tuple[Point, ...]


class Places:
    """Reads the places of elements, and notes those that cannot be used."""

    def __init__(self, seen: Size, size: Size) -> None:
        """`seen` is the size of the image as the model saw it, and `size` that of the page."""
        self.notes: list[str] = []
        self._seen = Frame("model image", seen)
        self._transform = Transform(self._seen, Frame("page", size))

    def of(self, node: Node) -> Place:
        """Return the place of an element; without a box, that of the outline counts."""
        outline = self._numbers(node, "data-polygon")
        polygon = tuple(self._point(x, y) for x, y in zip(outline[::2], outline[1::2], strict=False))
        if len(polygon) < 3:
            polygon = ()
        return Place(self._box(node, outline if polygon else []), polygon)

    def _box(self, node: Node, outline: list[float]) -> Box | None:
        numbers = self._numbers(node, "data-bbox") or self._numbers(node, "bbox")
        if len(numbers) != 4:
            if numbers or "data-bbox" in node.attributes:
                self._note(f"{node.tag} has a box without four numbers")
            if not outline:
                return None
            numbers = [min(outline[::2]), min(outline[1::2]), max(outline[::2]), max(outline[1::2])]
        box = box_in(numbers, self._seen.size)
        if box is None:
            self._note(f"{node.tag} has a box outside the page")
            return None
        return self._transform.box(box)

    def _point(self, x: float, y: float) -> Point:
        return self._transform.point(self._seen.clamp(Point(math.floor(x), math.floor(y))))

    def _numbers(self, node: Node, name: str) -> list[float]:
        return [float(number) for number in _NUMBER.findall(node.attributes.get(name, ""))[:_MOST]]

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
