"""Numbers of a range: seconds, the sides of boxes, and points that are apart."""

from collections.abc import Iterator
from typing import NamedTuple

from handeye.actions.dialects.rules.forms import PointPair
from handeye.actions.grammar import Character, Choice, Repeat, Rule, choice, number, sequence

_DIGIT = Character("0123456789")
_BLOCKS = 8
"""Into how many blocks a side is divided: a box ends in a later block than it begins in, or at its end."""
_QUARTERS = 4
_APART = 20
"""The part of a side by which two points are apart, so that they are in frames of other sizes too."""


class Range(NamedTuple):
    """Whole numbers from the first to the last."""

    first: int
    last: int

    @property
    def rule(self) -> Rule:
        """How they are written."""
        return number(self.first, self.last)

    def blocks(self, most: int) -> Iterator["Range"]:
        """Return neighbouring ranges that make up this one, at most so many."""
        length = -(-(self.last - self.first + 1) // most)
        for first in range(self.first, self.last + 1, length):
            yield Range(first, min(first + length - 1, self.last))


def seconds(most: int, *, pointed: bool, parts: bool, zero: bool) -> Rule:
    """Return times up to `most` seconds.

    pointed: whole seconds are written with a point, as `2.0`. parts: a time may have hundredths. zero: it may be 0.
    """
    decimals = sequence(".", Repeat(_DIGIT, 1, 2))
    tail: list[Rule | str] = [".0" if pointed else "", decimals] if parts else [".0" if pointed else ""]
    end = choice(tail[1:] if pointed and parts else tail)
    options: list[Rule | str] = [sequence(number(0 if zero else 1, most - 1), end), f"{most}{'.0' if pointed else ''}"]
    if parts and not zero:
        nonzero = Character("123456789")
        options.append(sequence("0.", choice([sequence(nonzero, Repeat(_DIGIT, 0, 1)), sequence("0", nonzero)])))
    return choice(options)


def box(pair: PointPair, across: Range, down: Range) -> Rule:
    """Return boxes: their left and top in the ranges, their right and bottom at least one further.

    One that ends in the same eighth of a side as it begins, but not with it, is left out.
    """
    begin, middle, end = pair.between
    options: list[Rule] = []
    for left in across.blocks(_BLOCKS):
        right = number(left.last + 1, across.last + 1)
        rest = [
            sequence(top.rule, middle, right, end, number(top.last + 1, down.last + 1)) for top in down.blocks(_BLOCKS)
        ]
        options.append(sequence(left.rule, begin, choice(rest)))
    return choice(options)


def way(pair: PointPair, across: Range, down: Range) -> Rule | None:
    """Return two points of the ranges that are well apart; None if the ranges are too small for that.

    Those that are in the same quarter of both sides are left out.
    """
    begin, middle, end = pair.between
    first, second = (across, down) if pair.order == "xy" else (down, across)
    options = [
        sequence(block.rule, begin, second.rule, middle, others, end, second.rule)
        for block in first.blocks(_QUARTERS)
        if (others := _others(first, block))
    ]
    options += [
        sequence(first.rule, begin, block.rule, middle, first.rule, end, others)
        for block in second.blocks(_QUARTERS)
        if (others := _others(second, block))
    ]
    return Choice(tuple(options)) if options else None


def _others(whole: Range, block: Range) -> Rule | None:
    """Return the numbers that are well apart from a block; None if there are none."""
    gap = max(1, (whole.last - whole.first + 1) // _APART)
    ranges = (Range(whole.first, block.first - gap - 1), Range(block.last + gap + 1, whole.last))
    rules = [each.rule for each in ranges if each.first <= each.last]
    return choice(rules) if rules else None
