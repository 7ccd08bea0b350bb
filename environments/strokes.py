"""How a finger scrolls: the strokes that move what lies under a point, on phones and on touch screens of browsers."""

import math
from collections.abc import Iterator

from handeye.actions.geometry import Box, Point

SLOP = 8
"""How far a finger moves before the content follows, in dp: android.view.ViewConfiguration.TOUCH_SLOP."""
MOST_STROKES = 8
"""Finger strokes in one scroll, so that it ends in acceptable time."""
_SHORTEST = 0.25
"""The part of the screen that a stroke needs; with less room, it begins farther back."""


def strokes(point: Point, dx: int, dy: int, inner: Box, slop: int) -> Iterator[tuple[Point, Point]]:
    """Yield the start and end of each stroke, so that the content under `point` moves by the distances, in pixels.

    They stay within `inner`. Each is longer than the distance it scrolls by the touch slop; long distances take several
    strokes, along one axis and then the other.
    """
    for distance, along in ((dx, "x"), (dy, "y")):
        low, high = (inner.left, inner.right) if along == "x" else (inner.top, inner.bottom)
        at = point.x if along == "x" else point.y
        yield from _along(distance, at, (low, high), slop, point, along == "x")


def scrolled(start: Point, end: Point, slop: int) -> Point:
    """Return how far one of `strokes` scrolls."""
    dx, dy = start.x - end.x, start.y - end.y
    return Point(dx - sign(dx) * slop, dy - sign(dy) * slop)


def before_end(start: Point, end: Point) -> Point:
    """Return the pixel of a stroke before its last one, where a finger rests so that it does not fling.

    The last pixel comes after the rest, because a move that changes nothing may not be reported at all: the finger's
    speed when lifted is then far below that of a fling.
    """
    return Point(end.x - sign(end.x - start.x), end.y - sign(end.y - start.y))


def sign(number: int) -> int:
    """Return -1, 0 or 1."""
    return (number > 0) - (number < 0)


def _along(
    distance: int, at: int, limits: tuple[int, int], slop: int, point: Point, horizontal: bool
) -> Iterator[tuple[Point, Point]]:
    if distance == 0:
        return
    low, high = limits
    ahead = -1 if distance > 0 else 1  # the finger moves opposite to the scroll direction
    start = min(max(at, low), high - 1)
    room = start - low if ahead < 0 else high - 1 - start
    least = max(slop + 1, math.ceil((high - low) * _SHORTEST))
    if room < min(least, abs(distance) + slop):
        room = min(least, abs(distance) + slop, high - 1 - low)
        start = low + room if ahead < 0 else high - 1 - room
    left = abs(distance)
    while left > 0:
        scrolled = min(left, max(room - slop, 1))
        end = start + ahead * (scrolled + slop)
        ends = (
            (Point(start, point.y), Point(end, point.y)) if horizontal else (Point(point.x, start), Point(point.x, end))
        )
        yield ends
        left -= scrolled
