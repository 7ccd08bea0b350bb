"""The digits that a reply consists of, and how likely the network found each of the ten at their places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class Digit:
    """A decimal digit that was generated as a token of its own."""

    index: int
    """Of its token, among those that were generated."""
    place: int
    """Of its character in the text of the reply."""
    probabilities: tuple[float, ...]
    """Of the digits 0 to 9 as this token, by the network itself: at temperature 1, before penalties and masks. The rest
    to 1 is that of all other tokens."""


def placed(
    text: str, start: int, tokens: Sequence[int], counts: Mapping[int, int], measured: Mapping[int, tuple[float, ...]]
) -> tuple[Digit, ...]:
    """Return the measured digits of a reply, with their places in its text.

    text: the reply. The tokens begin at `start`; the text of the last ones may be cut off.
    counts: how many digits the text of a token has, by the ids of those that have any.
    measured: the probabilities, by the index of the token.
    """
    digits: list[Digit] = []
    places = [found.start() for found in _DIGIT.finditer(text, start)]
    before = 0  # digits are whole bytes in any token, so counting them finds their characters
    for index, token in enumerate(tokens):
        if index in measured and before < len(places):
            digits.append(Digit(index, places[before], measured[index]))
        before += counts.get(token, 0)
    return tuple(digits)
