"""Actions that take a time: how a dialect writes seconds."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from handeye.actions.dialects.rules.forms import Part
from handeye.actions.dialects.rules.numbers import seconds
from handeye.actions.dialects.rules.speech import Speech
from handeye.actions.dialects.rules.written import Written, opened, plain, varied
from handeye.actions.grammar import Rule
from handeye.actions.schema import AnyAction

Make = Callable[[float], AnyAction]
"""Returns the action that takes so many seconds."""
WHOLE = 47.0
"""A number of seconds that nothing else contains."""
_PART = 47.25
_FEW = (1.0, 2.0, 5.0, 59.0)


class Time(NamedTuple):
    """How a time is written."""

    written: str
    """How `WHOLE` is."""
    rule: Rule


def time_of(speech: Speech, make: Make, most: float, *, zero: bool = False) -> Time | None:
    """Return how the seconds of an action are written, up to `most`; None if they do not stand in the text."""
    body, in_parts = speech.body(make(WHOLE)), speech.body(make(_PART))
    if body is None:
        return None
    for written in (str(WHOLE), str(int(WHOLE))):
        if opened([body], written, ""):
            parts = in_parts is not None and opened([in_parts], str(_PART), "") is not None
            rule = seconds(int(most), pointed=written == str(WHOLE), parts=parts, zero=zero)
            return Time(written, rule)
    return None


def timed(speech: Speech, make: Make, most: float, *, zero: bool = False) -> Iterator[Written]:
    """Return an action with any time up to `most` seconds, or with those that can be written."""
    time = time_of(speech, make, most, zero=zero)
    body = speech.body(make(WHOLE))
    if body is None:
        return
    if time is not None:
        yield Written(make(WHOLE), body, within([body], time))
    elif len({speech.body(make(each)) for each in _FEW}) == 1:
        yield from plain(speech, make(WHOLE))
    else:
        yield from varied(speech, (make(float(each)) for each in range(0 if zero else 1, int(most) + 1)))


def within(parts: Iterable[Part], time: Time) -> list[Part]:
    """Return the parts with a gap where the time stands."""
    found = opened(parts, time.written, time.rule)
    assert found is not None
    return found
