"""A text with gaps: what a dialect writes for a kind of action, and what is open in it until a screen is seen."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from handeye.actions.grammar import Rule


class Bounded(Enum):
    """A whole number, written in digits, whose range the screen gives."""

    X = "x"
    Y = "y"
    TAB = "tab"
    FAR = "far"
    """A distance without its sign, at least 1."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What may be written in place of a point: a number of a mark between two texts."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Place:
    """A point, or a mark instead."""

    parts: tuple[str | Bounded, ...]
    """How the point is written."""
    mark: Mark | None = None
    """None if the dialect reads no mark here."""


@dataclass(frozen=True, slots=True)
class PointPair:
    """Two points: four numbers with three texts in between."""

    between: tuple[str, str, str]
    kind: Literal["box", "way"]
    """The edges of a box, left, top, right, bottom; or two points that are not the same, x and y of each."""
    order: Literal["xy", "yx"] = "xy"
    """Which number of a point comes first."""


class AtCursor(Enum):
    """Nothing, on a screen where the position of the cursor is known."""

    AT_CURSOR = "at cursor"


AT_CURSOR = AtCursor.AT_CURSOR
Part = str | Rule | Bounded | Place | PointPair | AtCursor
Form = tuple[Part, ...]
"""One after the other: texts, rules, and gaps."""


def merged(parts: list[Part]) -> Form:
    """Return the parts without empty texts, and with neighbouring texts as one."""
    form: list[Part] = []
    for part in parts:
        if isinstance(part, str) and form and isinstance(form[-1], str):
            form[-1] += part
        elif part != "":
            form.append(part)
    return tuple(form)
