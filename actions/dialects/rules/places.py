"""Finds the points of an action in what was written for it, and what may be written for marks instead."""

import re
from typing import NamedTuple

from handeye.actions.abilities import Abilities
from handeye.actions.carry import points_of
from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.rules.forms import Bounded, Form, Mark, Part, Place, merged
from handeye.actions.dialects.rules.speech import FRAME, Speech
from handeye.actions.geometry import Box, Point
from handeye.actions.schema import AnyAction

PROBES = (Point(137, 241), Point(359, 463), Point(571, 683), Point(797, 811))
"""Points whose numbers nothing else contains."""
_MARKED = Box(600, 700, 621, 721)
_NAME = re.compile(r'"\w+":( ?)\Z')


class _Instead(NamedTuple):
    """A mark, and what is written before the brackets of the point that it stands for."""

    mark: Mark
    name: str


class Places:
    """Finds places in what one dialect writes."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._marks: dict[tuple[str, int, int, str], _Instead | None] = {}
        """By the type of the action, which of its points it is, of how many, and what it is called."""

    def opened(self, parts: list[Part], action: AnyAction, body: str) -> Form:
        """Return the parts, which were made of `body`, with places for the points of the action."""
        for number in range(len(points_of(action))):
            parts = [found for part in parts for found in self._opened(part, action, number, body)]
        return merged(parts)

    def _opened(self, part: Part, action: AnyAction, number: int, body: str) -> list[Part]:
        if not isinstance(part, str):
            return [part]
        opened: list[Part] = []
        end = 0
        yx = self._speech.dialect.points.order == "yx"
        for found in _pair(points_of(action)[number], yx).finditer(part):
            begin, stop = found.span()
            written: tuple[str | Bounded, ...] = (Bounded.X, found["between"], Bounded.Y)
            written = written[::-1] if yx else written
            instead = self._instead(part[:begin], part[stop:], found[0], action, number, body)
            if instead is None:
                opened += [part[end:begin], Place(written)]
            else:
                begin, stop = begin - len(instead.name) - 1, stop + 1
                opened += [part[end:begin], Place((f"{instead.name}[", *written, "]"), instead.mark)]
            end = stop
        return [*opened, part[end:]]

    def _instead(
        self, before: str, after: str, pair: str, action: AnyAction, number: int, body: str
    ) -> _Instead | None:
        """Return the mark that may stand for the pair of numbers between two texts; None if there is none."""
        if not (before.endswith("[") and after.startswith("]")):
            return None
        found = _NAME.search(before[:-1])
        name, space = (found[0], found[1]) if found else ("", "")
        key = (action.type, number, len(points_of(action)), name)
        if key not in self._marks:
            candidates = [_Instead(Mark(f'"{mark}":{space}', ""), name) for mark in ("mark", "mark2") if name]
            candidates.append(_Instead(Mark('{"mark": ', "}"), ""))
            read = (each for each in candidates if self._reads(each, pair, action, number, body))
            self._marks[key] = next(read, None)
        return self._marks[key]

    def _reads(self, instead: _Instead, pair: str, action: AnyAction, number: int, body: str) -> bool:
        """Return whether the dialect reads the mark as the place of the point."""
        text = f"{instead.mark.before}1{instead.mark.after}"
        reply = self._speech.bare(body.replace(f"{instead.name}[{pair}]", text, 1))
        seen = Seen(FRAME, marks=(_MARKED,), abilities=Abilities(frozenset({action.type})))
        reading = self._speech.dialect.read(reply, seen)
        meant = [*points_of(action)]
        meant[number] = _MARKED.center
        # A text that is typed at the point is an action without one.
        read = [points for each in reading.actions if (points := points_of(each))]
        return read == [tuple(meant)] and reading.marks == (1,)


def _pair(point: Point, yx: bool) -> re.Pattern[str]:
    first, second = (point.y, point.x) if yx else (point.x, point.y)
    return re.compile(rf"(?<![\d.]){first}(?P<between>\D{{1,20}}){second}(?![\d.])")
