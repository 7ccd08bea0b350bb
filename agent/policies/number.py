"""The numbers in a reply, and how sure the model was of each, from the probabilities of its digits."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, prod, sqrt

from handeye.model.conversation.digits import Digit

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LONGEST = 24
"""A longer run of digits is no coordinate."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number without its sign, all of whose digits were measured."""

    start: int
    """Of its first character in the text."""
    written: str
    tens: tuple[Sequence[float], ...]
    """For each of its digits, the probabilities of the digits 0 to 9 as the token there."""

    @property
    def end(self) -> int:
        """The end of its last character in the text."""
        return self.start + len(self.written)

    @property
    def probability(self) -> float:
        """That of its digits, each given the text before it: their product. What follows the last does not count."""
        digits = self.written.replace(".", "")
        return prod(ten[int(digit)] for digit, ten in zip(digits, self.tens, strict=True))

    def deviation(self, limit: float) -> float:
        """Return the standard deviation of its value, in its own unit, as the probabilities of its digits describe it.

        At each place, the token is taken to be a digit that keeps the number up to `limit`, in proportion to the
        probabilities of these digits, after the digits before as they were written. The deviation of the digit times
        its place value is that of the place; those of all places are combined as if they were independent.

        So the number of digits is taken as given: that the model might have written 9 or 1014 instead of 98 does not
        count as such. And after another digit, those that follow would be others: where the choice is between 599 and
        601, the first digit alone counts for up to 50.
        """
        digits = self.written.replace(".", "")
        unit = 10.0 ** (len(self.written.partition(".")[0]) - 1)
        before, variances = 0.0, []
        for digit, ten in zip(digits, self.tens, strict=True):
            possible = [share if before + unit * number <= limit else 0.0 for number, share in enumerate(ten)]
            variances.append(unit**2 * _variance(possible))
            before += unit * int(digit)
            unit /= 10
        return sqrt(fsum(variances))


def numbers(text: str, digits: Sequence[Digit]) -> list[Number]:
    """Return the numbers of a reply all of whose digits were measured, in order."""
    measured = {digit.place: digit.probabilities for digit in digits}
    found = (_number(match, measured) for match in _NUMBER.finditer(text))
    return [number for number in found if number is not None]


def _number(match: re.Match[str], measured: Mapping[int, Sequence[float]]) -> Number | None:
    written, start = match[0], match.start()
    places = [start + offset for offset, character in enumerate(written) if character != "."]
    if len(written) > _LONGEST or not all(place in measured for place in places):
        return None
    return Number(start, written, tuple(measured[place] for place in places))


def _variance(shares: Sequence[float]) -> float:
    """Return the variance of a digit by the probabilities of 0 to 9, which need not sum to 1; 0 if all are 0."""
    total = fsum(shares)
    if total <= 0:
        return 0.0
    mean = fsum(digit * share for digit, share in enumerate(shares)) / total
    return fsum((digit - mean) ** 2 * share for digit, share in enumerate(shares)) / total
