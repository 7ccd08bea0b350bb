"""The text field that has the focus, by the view tree, and what else takes the keys."""

import xml.etree.ElementTree as ElementTree
from collections import Counter
from typing import NamedTuple

from handeye.environments.android.elements import is_editable


class Field(NamedTuple):
    """A text field on the screen."""

    key: tuple[str, str, str, int]
    """What it is recognized by: its id, class and package, and its place among those of the same ones."""
    text: str
    """What it reads: its text, or a hint if it holds none."""
    password: bool


class Fields(NamedTuple):
    """The text fields on one screen."""

    all: tuple[Field, ...]
    focused: Field | None
    web: bool
    """Whether the screen shows web pages: not every page reports its fields."""
    other: bool
    """Whether something that is neither a field nor one of Android's own widgets has the focus, such as a game."""

    def again(self, field: Field) -> Field | None:
        """Return the field that an earlier screen showed, as it is now; None if it is not on this screen."""
        return next((each for each in self.all if each.key == field.key), None)


def fields_of(tree: ElementTree.Element) -> Fields:
    """Return the text fields of a view tree."""
    seen: Counter[tuple[str, str, str]] = Counter()
    found, focused, web, other = [], None, False, False
    for node in tree.iter("node"):
        kind = node.get("class", "")
        web = web or kind.endswith("WebView")
        has_focus = node.get("focused") == "true"
        if not is_editable(node):
            other = other or (has_focus and _is_drawn_by_its_app(kind))
            continue
        name = (node.get("resource-id", ""), kind, node.get("package", ""))
        field = Field((*name, seen[name]), node.get("text", ""), node.get("password") == "true")
        seen[name] += 1
        found.append(field)
        if has_focus and focused is None:
            focused = field
    return Fields(tuple(found), focused, web, other)


def _is_drawn_by_its_app(kind: str) -> bool:
    return kind.endswith(("SurfaceView", "TextureView")) or not kind.startswith(
        ("android.", "androidx.", "com.google.")
    )
