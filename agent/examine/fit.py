"""What the points of a model have in common if they are off: another order, another unit, a scale, a shift.

Pure functions on numbers. Nothing here is upset by a minority of wrong answers: what is estimated is a median, and what
explains the points must explain three of four.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import combinations
from statistics import median
from typing import NamedTuple

from handeye.actions.geometry import Size

NEAR = (0.005, 0.015)
"""How far a point may lie from where it is explained to be, as parts of the longer side of the image: at first little,
so that a small shift is not taken for inexact answers."""
_LEAST = 4
"""Fewer points explain nothing."""
_MOST_OF = 0.75
"""The share of the points that must be explained."""
_ALIKE = 0.03
"""How far two factors may differ and still be called the same."""
_APART = 0.1
"""How far apart two points must lie on an axis to tell its scale, as a part of the side."""


class Position(NamedTuple):
    """A position in pixels of the image as the model sees it, with fractions, perhaps outside of it."""

    x: float
    y: float


class Pair(NamedTuple):
    """One answer."""

    meant: Position
    """Where the target is."""
    said: Position
    """What the model says, read as pixels of the image."""


class Kind(StrEnum):
    """What the answers are."""

    RIGHT = "right"
    THOUSANDTHS = "thousandths"
    HUNDREDTHS = "hundredths"
    PARTS = "parts"
    CONSTANT = "constant"
    """The same everywhere."""
    SCALED = "scaled"
    """Both axes by one factor."""
    SQUEEZED = "squeezed"
    """As if the image were a square."""
    STRETCHED = "stretched"
    """Each axis by a factor of its own."""
    SHIFTED = "shifted"
    MAPPED = "mapped"
    """Scaled and shifted."""


class Axis(NamedTuple):
    """What is said on an axis is `factor` times what is meant, plus `offset` pixels."""

    factor: float = 1.0
    offset: float = 0.0


class Fit(NamedTuple):
    """What explains the answers."""

    kind: Kind
    x: Axis = Axis()
    y: Axis = Axis()
    swapped: bool = False
    """Whether y is said before x; the axes are those of what is said once it is put right."""

    def meant(self, said: Position) -> Position:
        """Return the position that is meant by what is said."""
        x, y = (said.y, said.x) if self.swapped else said
        return Position((x - self.x.offset) / self.x.factor, (y - self.y.offset) / self.y.factor)


def explain(pairs: Sequence[Pair], size: Size) -> Fit | None:
    """Return the simplest explanation of the answers for an image of a size in pixels; None if there is none."""
    if len(pairs) < _LEAST:
        return None
    for near in (part * max(size) for part in NEAR):
        for fit in _candidates(pairs, size):
            if fit.kind is Kind.CONSTANT:
                return fit
            if sum(_distance(fit.meant(pair.said), pair.meant) <= near for pair in pairs) >= _MOST_OF * len(pairs):
                return fit
    return None


def _candidates(pairs: Sequence[Pair], size: Size) -> Iterator[Fit]:
    """Yield explanations, the simplest first."""
    for kind, most in ((Kind.RIGHT, None), (Kind.THOUSANDTHS, 1000), (Kind.HUNDREDTHS, 100), (Kind.PARTS, 1)):
        x, y = (Axis(), Axis()) if most is None else (Axis(most / size.width), Axis(most / size.height))
        yield Fit(kind, x, y)
        yield Fit(kind, x, y, swapped=True)
    if _is_constant(pairs, size):
        yield Fit(Kind.CONSTANT)
        return
    across, down = _factor(pairs, 0), _factor(pairs, 1)
    if min(across, down) > 0:
        if abs(across / down - 1) <= _ALIKE:
            both = Axis((across + down) / 2)
            yield Fit(Kind.SCALED, both, both)
        elif abs(across * size.width / (down * size.height) - 1) <= _ALIKE:
            yield Fit(Kind.SQUEEZED, Axis(across), Axis(down))
        yield Fit(Kind.SHIFTED, _shift(pairs, 0), _shift(pairs, 1))
        yield Fit(Kind.STRETCHED, Axis(across), Axis(down))
    x, y = _line(pairs, 0, size.width), _line(pairs, 1, size.height)
    if min(x.factor, y.factor) > 0:
        yield Fit(Kind.MAPPED, x, y)


def _is_constant(pairs: Sequence[Pair], size: Size) -> bool:
    middle = Position(*(median(pair.said[axis] for pair in pairs) for axis in (0, 1)))
    alike = sum(_distance(pair.said, middle) <= NEAR[-1] * max(size) for pair in pairs)
    return alike >= _MOST_OF * len(pairs)


def _factor(pairs: Sequence[Pair], axis: int) -> float:
    return median(pair.said[axis] / pair.meant[axis] for pair in pairs if pair.meant[axis])


def _shift(pairs: Sequence[Pair], axis: int) -> Axis:
    return Axis(offset=median(pair.said[axis] - pair.meant[axis] for pair in pairs))


def _line(pairs: Sequence[Pair], axis: int, side: int) -> Axis:
    """Return the line through the answers on an axis after Theil and Sen: the median of the slopes of all pairs."""
    slopes = [
        (other.said[axis] - one.said[axis]) / (other.meant[axis] - one.meant[axis])
        for one, other in combinations(pairs, 2)
        if abs(other.meant[axis] - one.meant[axis]) >= _APART * side
    ]
    factor = median(slopes) if slopes else 0.0
    return Axis(factor, median(pair.said[axis] - factor * pair.meant[axis] for pair in pairs))


def _distance(one: Position, other: Position) -> float:
    return max(abs(one.x - other.x), abs(one.y - other.y))
