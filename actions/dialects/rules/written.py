"""What a dialect writes for an action whose values are known, with gaps where they stand."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from handeye.actions.dialects.rules.factor import factored, shared
from handeye.actions.dialects.rules.forms import Part
from handeye.actions.dialects.rules.numbers import Range
from handeye.actions.dialects.rules.speech import Speech
from handeye.actions.grammar import Rule
from handeye.actions.schema import AnyAction

_INTEGER = re.compile(r"[1-9]\d*|0")


class Written(NamedTuple):
    """An action as it is written."""

    action: AnyAction
    body: str
    parts: list[Part]
    """What `body` is made of; its points are still in the texts."""


def plain(speech: Speech, *actions: AnyAction) -> Iterator[Written]:
    """Return those of the actions that can be written, without gaps."""
    for action in actions:
        if (body := speech.body(action)) is not None:
            yield Written(action, body, [body])


def opened(parts: Iterable[Part], value: str, gap: Part) -> list[Part] | None:
    """Return the parts with a gap where the value stands once among their texts; None if it does not.

    Digits that a number goes on with are another number.
    """
    found: list[Part] = []
    count = 0
    for part in parts:
        if isinstance(part, str):
            begin, *ends = re.split(rf"(?<![\d.]){re.escape(value)}(?![\d.])", part)
            count += len(ends)
            found.append(begin)
            for end in ends:
                found += [gap, end]
        else:
            found.append(part)
    return found if count == 1 else None


def listed(bodies: Iterable[str]) -> list[Part]:
    """Return what some bodies have in common, and between it what they differ in: a range of numbers, or a list."""
    before, middles, after = shared(bodies)
    return [before, _one_of(middles), after]


@lru_cache(maxsize=64)
def _one_of(texts: tuple[str, ...]) -> Rule:
    """Return one of the texts: if they are all the numbers of a range, as that."""
    if all(map(_INTEGER.fullmatch, texts)):
        numbers = set(map(int, texts))
        if len(numbers) == max(numbers) - min(numbers) + 1:
            return Range(min(numbers), max(numbers)).rule
    return factored([(text,) for text in texts])


def varied(speech: Speech, actions: Iterable[AnyAction]) -> Iterator[Written]:
    """Return the actions, which differ in one value, as one; nothing if none of them can be written."""
    bodies = {body: action for action in actions if (body := speech.body(action)) is not None}
    if bodies:
        body, action = next(iter(bodies.items()))
        yield Written(action, body, listed(bodies))
