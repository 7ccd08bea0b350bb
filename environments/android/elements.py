"""The elements on a phone's screen, from the tree that `uiautomator dump` writes."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence

from handeye.actions.geometry import Box, Size
from handeye.environments.android.shell import ShellResult, command, script
from handeye.environments.element import Element
from handeye.environments.elements import ElementsUnknown, reading_order

_PATH = "/data/local/tmp/handeye-window.xml"
DUMP = script(
    command("rm", "-f", _PATH), command("uiautomator", "dump", _PATH), command("cat", _PATH), command("rm", _PATH)
)
"""The script whose output `parse_tree` reads. It goes through a file: not every phone can dump to standard output.

An old file is removed first: a dump can fail with status 0, and an old tree must not pass for the current one.
"""

_BOUNDS = re.compile(r"\[(-?\d+),(-?\d+)\]\[(-?\d+),(-?\d+)\]")
_PRESSED = ("clickable", "long-clickable")
_POINTED_AT = (*_PRESSED, "checkable", "scrollable")
_LINE = 0.15
"""The largest part of the screen that a button or list row covers. A larger node contains several things, even if
it alone receives the touches."""


def parse_tree(result: ShellResult) -> ElementTree.Element:
    """Return the tree's root. Raises `ElementsUnknown` with the phone's own message."""
    start, end = result.output.find("<?xml"), result.output.rfind(">")
    text = result.output[start : end + 1]
    if start < 0 or "<!DOCTYPE" in text:
        # Its words only: what it began to write of the tree may hold anything that is on the screen.
        said = " ".join(f"{result.output[: max(start, 0)] if start >= 0 else result.output} {result.errors}".split())
        raise ElementsUnknown(f"the phone does not report what is on its screen: {said or 'no output'}")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ElementsUnknown(f"the phone's UI tree cannot be read: {error}") from None


def elements_of(tree: ElementTree.Element, size: Size) -> tuple[Element, ...]:
    """Return the elements that can be pointed at or read on a screen of `size` pixels, in reading order."""
    screen = Box(0, 0, size.width, size.height)
    return reading_order(element for node in tree for element in _elements(node, screen))


def words_of_question(tree: ElementTree.Element) -> str:
    """Return what a system window asks: its message or title, or else the first text in it; empty if it has none."""
    nodes = [node for node in tree.iter("node") if _text(node)]
    for name in ("permission_message", "alertTitle", "message"):
        for node in nodes:
            if node.get("resource-id", "").endswith(f"/{name}"):
                return _text(node)
    return _text(nodes[0]) if nodes else ""


def _elements(node: ElementTree.Element, screen: Box, part: bool = False) -> Iterator[Element]:
    """Yield the elements of a node and its descendants; `part` marks them as parts of an enclosing element."""
    box = _clipped(node.get("bounds", ""), screen)
    if box is None:
        return  # a node's children lie within it
    own, whole = _text(node), _is_one_thing(node, box, screen)
    if own or _is(node, _POINTED_AT) or is_editable(node):
        # The text of a button or list row is often in its child nodes.
        text = own or (
            "" if node.get("scrollable") == "true" else " ".join(filter(None, map(_text, node.iter("node"))))
        )
        yield Element(box, _role(node, whole), text, is_editable(node), part)
    for child in node:
        yield from _elements(child, screen, part or whole)


def _is_one_thing(node: ElementTree.Element, box: Box, screen: Box) -> bool:
    """Return whether a touch anywhere on a node targets the node itself: a button, or a list row with its texts."""
    covered = box.size.width * box.size.height / (screen.size.width * screen.size.height)
    return _is(node, _PRESSED) and covered <= _LINE and not any(map(_is_touched_by_itself, _below(node)))


def _is_touched_by_itself(node: ElementTree.Element) -> bool:
    # Buttons of custom toolkits do not always report that they are clickable.
    named = node.get("class", "").endswith("Button") and not _is(node, ("checkable",))
    return named or _is(node, (*_PRESSED, "scrollable")) or is_editable(node)


def _role(node: ElementTree.Element, whole: bool) -> str:
    """Return a node's class; for a row with a single switch or check box, the class of that."""
    ticked = [inner for inner in _below(node) if _is(inner, ("checkable",))] if whole else []
    return (ticked[0] if len(ticked) == 1 else node).get("class", "")


def _below(node: ElementTree.Element) -> list[ElementTree.Element]:
    return [inner for inner in node.iter("node") if inner is not node]


def _is(node: ElementTree.Element, names: Sequence[str]) -> bool:
    return any(node.get(name) == "true" for name in names)


def _text(node: ElementTree.Element) -> str:
    if node.get("password") == "true":
        return ""
    return " ".join((node.get("text") or node.get("content-desc") or "").split())


def is_editable(node: ElementTree.Element) -> bool:
    """Return whether a node is a text field."""
    return node.get("class", "").endswith(("EditText", "AutoCompleteTextView"))


def _clipped(bounds: str, screen: Box) -> Box | None:
    match = _BOUNDS.fullmatch(bounds)
    if match is None:
        return None
    left, top, right, bottom = map(int, match.groups())
    box = Box(max(left, 0), max(top, 0), min(right, screen.right), min(bottom, screen.bottom))
    return box if box.size.width > 0 and box.size.height > 0 else None
