"""Digits of a text, with probabilities that tell each of them from the others."""

import re
from collections.abc import Mapping
from math import prod

from handeye.model.conversation.digits import Digit

Tens = tuple[float, ...]


def share(place: int) -> float:
    """The probability of the digit at a place of a text, which no other place has."""
    return 0.5 + place / 10_000


def sure_of(text: str, start: int = 0, doubts: Mapping[int, Tens] | None = None) -> tuple[Digit, ...]:
    """Measure each digit of a text from `start` on: it has its share, no other digit has any; `doubts` by place."""
    found = []
    for index, match in enumerate(re.finditer("[0-9]", text)):
        if match.start() >= start:
            ten = [0.0] * 10
            ten[int(match[0])] = share(match.start())
            found.append(Digit(index, match.start(), (doubts or {}).get(match.start(), tuple(ten))))
    return tuple(found)


def of_last(text: str, *written: str) -> float:
    """The probability of numbers that stand one after the other, where they stand last in the text."""
    found, end = [], len(text)
    for number in reversed(written):
        end = re.search(rf"(?s).*(?<![0-9.]){re.escape(number)}(?![0-9])", text[:end]).end() - len(number)  # type: ignore[union-attr]
        found += [share(end + offset) for offset, character in enumerate(number) if character != "."]
    return prod(found)
