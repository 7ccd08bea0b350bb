"""The rule of the replies that a dialect reads, for one screen and what can be done on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import floor

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Dialect, Seen
from handeye.actions.dialects.rules.calls import calls_of
from handeye.actions.dialects.rules.factor import Items, factored
from handeye.actions.dialects.rules.forms import AtCursor, Bounded, Form, Part, Place, PointPair
from handeye.actions.dialects.rules.numbers import Range, box, way
from handeye.actions.fields import MAX_SCROLL
from handeye.actions.geometry import Frame
from handeye.actions.grammar import Rule, choice, number, sequence
from handeye.actions.points import Points
from handeye.actions.schema import ACTIONS

_FARTHEST = 9_999
"""The farthest scroll in pixels of the image."""
_LAST_TAB = 1_000
_MOST_SCREENS = 64
"""For how many screens a rule is kept."""


@dataclass(frozen=True, slots=True)
class _Screen:
    """What numbers in a reply depend on."""

    frame: Frame
    points: Points
    farthest: int
    """The greatest distance, in pixels of the image."""
    tabs: int
    marks: int
    cursor: bool
    """Whether its position is known."""

    @property
    def across(self) -> Range:
        """The numbers that a point's x may be."""
        box = self.points.cells(self.frame).box
        return Range(box.left, box.right - 1) if self.points.last is None else Range(0, self.points.last)

    @property
    def down(self) -> Range:
        """The numbers that a point's y may be."""
        box = self.points.cells(self.frame).box
        return Range(box.top, box.bottom - 1) if self.points.last is None else Range(0, self.points.last)

    def number(self, kind: Bounded) -> Rule:
        """Return the numbers of a kind."""
        match kind:
            case Bounded.X:
                return self.across.rule
            case Bounded.Y:
                return self.down.rule
            case Bounded.TAB:
                return number(0, self.tabs - 1 if self.tabs else _LAST_TAB)
            case Bounded.FAR:
                return number(1, self.farthest)

    def filled(self, part: Part) -> str | Rule | None:
        """Return a part without a gap; None if nothing fills it."""
        match part:
            case Bounded():
                return self.number(part)
            case AtCursor():
                return "" if self.cursor else None
            case Place():
                return self._place(part)
            case PointPair(kind="box"):
                return box(part, self.across, self.down)
            case PointPair():
                return way(part, self.across, self.down)
            case _:
                return part

    def _place(self, place: Place) -> Rule:
        """Return a point, or one of the marks if there are any."""
        point = sequence(*(self.number(part) if isinstance(part, Bounded) else part for part in place.parts))
        if place.mark is None or not self.marks:
            return point
        return choice([point, sequence(place.mark.before, number(1, self.marks), place.mark.after)])


def grammar(dialect: Dialect, seen: Seen) -> Rule | None:
    """Return the rule of replies to what was seen.

    None if the dialect has no action for it, or writes points in parts of the image, which no agent does.

    They consist of a thought and a conclusion where the dialect has a place for them, which may hold any words that do
    not end it, and one action of `seen.abilities`, written as `dialect.write` does, or without the call that moves the
    cursor to where it starts; or a text with the place where to type it, if the dialect is one that `TypesAtPoint`.
    `dialect.read` reads each without a problem. Points lie in the image, marks and tabs are those that there are, apps
    and secrets those that are named.

    Not every action has such a reply. Left out are small boxes and short ways of a finger (see `numbers.box` and
    `numbers.way`), drags along more than three points, times finer than hundredths, more than two modifiers of a click
    and one of a drag or a scroll, and chords other than modifiers and then one key. Texts have no greatest length: the
    limit of tokens has.
    """
    if dialect.points.unit == "parts":
        return None
    target = (seen.target or seen.frame).size
    frame = seen.frame.size
    scale = max(target.width / frame.width, target.height / frame.height)
    farthest = max(1, min(_FARTHEST, floor((MAX_SCROLL - 1) / scale)))
    screen = _Screen(seen.frame, dialect.points, farthest, seen.tabs.count, len(seen.marks), seen.cursor is not None)
    return _grammar(dialect, seen.abilities, screen)


@lru_cache(maxsize=_MOST_SCREENS)
def _grammar(dialect: Dialect, abilities: Abilities, screen: _Screen) -> Rule | None:
    filled = cache(screen.filled)
    alternatives: list[Items] = []
    for form in _forms(dialect, abilities):
        items = [item for part in form if (item := filled(part)) is not None]
        if len(items) == len(form):
            alternatives.append(tuple(item for item in items if item != ""))
    if not alternatives:
        return None
    speech = calls_of(dialect).speech
    return sequence(speech.before, factored(alternatives), speech.after)


def _forms(dialect: Dialect, abilities: Abilities) -> Iterator[Form]:
    """Return the forms of all actions that the dialect can ask for."""
    calls = calls_of(dialect)
    for kind in (kind for kind in ACTIONS if kind in abilities.types & dialect.says):
        if kind == "open_app" and abilities.apps:
            yield from calls.opening(abilities.apps)
        else:
            yield from calls.forms(kind)
        if kind == "type" and abilities.secrets:
            yield from calls.typing(abilities.secrets)
    if abilities.types >= {"click", "type"}:
        yield from calls.typing_at()
