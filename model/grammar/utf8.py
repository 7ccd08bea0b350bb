"""Sets of characters as the bytes that UTF-8 writes them with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """All numbers from the first to the last, both included: code points, or the values of a byte."""

    first: int
    last: int


ANY = (Span(0x9, 0xA), Span(0x20, 0x7E), Span(0xA0, 0xD7FF), Span(0xE000, 0x10FFFF))
"""The code points of all characters but control characters; surrogates are none."""
_LAST = 0x7F, 0x7FF, 0xFFFF
"""The last code points that are written with one, two and three bytes."""


def spans(characters: str) -> list[Span]:
    """Return the code points of some characters, in order."""
    found: list[Span] = []
    for code in sorted(set(map(ord, characters))):
        if found and found[-1].last == code - 1:
            found[-1] = Span(found[-1].first, code)
        else:
            found.append(Span(code, code))
    return found


def without(whole: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """Return what is in `whole` and not in `holes`; both are in order."""
    left: list[Span] = []
    for first, last in whole:
        start = first
        for hole in holes:
            if hole.last < start or hole.first > last:
                continue
            if hole.first > start:
                left.append(Span(start, hole.first - 1))
            start = hole.last + 1
        if start <= last:
            left.append(Span(start, last))
    return left


def within(whole: Sequence[Span], wanted: Sequence[Span]) -> list[Span]:
    """Return what is in both; they are in order."""
    return without(whole, without(whole, wanted))


def sequences(codes: Span) -> Iterator[tuple[Span, ...]]:
    """Yield sequences of bytes, each byte with all values that it may have: together, those of the code points.

    They hold no surrogates.
    """
    first, last = codes
    for limit in _LAST:
        if first <= limit < last:
            yield from sequences(Span(first, limit))
            yield from sequences(Span(limit + 1, last))
            return
    low, high = chr(first).encode(), chr(last).encode()
    for bits in range(6, 6 * len(low), 6):  # of the last bytes of each character, which hold six bits
        rest = (1 << bits) - 1
        if first | rest == last | rest:
            continue
        if first & rest:
            yield from sequences(Span(first, first | rest))
            yield from sequences(Span((first | rest) + 1, last))
            return
        if last & rest != rest:
            yield from sequences(Span(first, (last & ~rest) - 1))
            yield from sequences(Span(last & ~rest, last))
            return
    yield tuple(map(Span, low, high))
