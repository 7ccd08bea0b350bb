"""Fingers: the commands that touch a phone's screen. Points are pixels of the screen as it is turned now.

`input motionevent` moves a finger step by step, as a drag along a path and a scroll without a fling need; it came with
Android 9. Source: frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

from handeye.actions.geometry import Box, Point, Size
from handeye.environments.android.shell import command

SLOP = 8
"""How far a finger moves before what is under it follows, in dp: android.view.ViewConfiguration.TOUCH_SLOP."""
DP = 160
"""The density at which a dp is a pixel."""

_EDGE = 48
"""Of each side in dp, where Android takes a moving finger for its own gestures and bars."""
_SHORTEST_STROKE = 0.25
"""Of the screen: with less room than that for a stroke, it begins farther back."""
_STEPS = 8
"""Moves of a finger in one stroke of a scroll."""
_REST = 0.1
"""Seconds that a finger rests before it is lifted, which is what keeps the content from flying on."""
_HELD = 0.7
"""Seconds that a point of a path named twice in a row is held: longer than Android takes for a long press."""
_STEP = 60
"""Pixels between two places of a finger along a path."""
_MOST_STEPS = 400
_SWIPE = (0.2, 1.0)
"""Seconds that a swipe takes at least and at most."""
_SWIPE_SPEED = 2500.0
"""Pixels a second."""


def tap(point: Point, count: int) -> tuple[str, ...]:
    """Tap, `count` times in a row."""
    return (command("input", "tap", point.x, point.y),) * count


def long_press(point: Point, seconds: float) -> tuple[str, ...]:
    """Hold a finger at a point: a swipe that goes nowhere."""
    return (command("input", "swipe", point.x, point.y, point.x, point.y, max(round(seconds * 1000), 1)),)


def swipe(start: Point, end: Point) -> tuple[str, ...]:
    """Move a finger along a line, at the speed of a hand."""
    seconds = min(max(math.dist(start, end) / _SWIPE_SPEED, _SWIPE[0]), _SWIPE[1])
    return (command("input", "swipe", start.x, start.y, end.x, end.y, round(seconds * 1000)),)


def drag(path: Sequence[Point]) -> tuple[str, ...]:
    """Move a finger along a path; a point that comes twice in a row is held, as to pick up an icon."""
    steps = [max(1, math.ceil(math.dist(*leg) / _STEP)) for leg in itertools.pairwise(path)]
    fewer = max(1.0, sum(steps) / _MOST_STEPS)
    commands = [motion("DOWN", path[0])]
    for (start, end), count in zip(itertools.pairwise(path), steps, strict=True):
        if start == end:
            commands.append(command("sleep", _HELD))
            continue
        commands += moves(start, end, max(1, round(count / fewer)))
    return (*commands, motion("UP", path[-1]))


def strokes(point: Point, dx: int, dy: int, size: Size, density: int) -> Iterator[tuple[Point, Point]]:
    """Yield where a finger goes down and up so that the content under `point` moves by the distances, in pixels.

    Each stroke is longer than what it scrolls by the way that a finger goes before anything follows; far ones are
    several strokes, along one axis and then the other.
    """
    edge, slop = _px(_EDGE, density), _px(SLOP, density)
    inner = Box(edge, edge, size.width - edge, size.height - edge)
    for distance, along in ((dx, "x"), (dy, "y")):
        low, high = (inner.left, inner.right) if along == "x" else (inner.top, inner.bottom)
        at = point.x if along == "x" else point.y
        yield from _along(distance, at, (low, high), slop, point, along == "x")


def stroke(start: Point, end: Point) -> tuple[str, ...]:
    """Move a finger along one axis from one point to another, and lift it when it rests.

    The last pixel comes after the rest, as a move that changes nothing may not be reported at all: the speed at which
    the finger is lifted is then far below that of a fling.
    """
    near = Point(end.x - _sign(end.x - start.x), end.y - _sign(end.y - start.y))
    return (
        motion("DOWN", start),
        *moves(start, near, _STEPS),
        command("sleep", _REST),
        motion("MOVE", end),
        motion("UP", end),
    )


def slow_swipe(start: Point, end: Point) -> tuple[str, ...]:
    """What comes closest to `stroke` where there is no `motionevent`: the slower, the less the content flies on."""
    return (command("input", "swipe", start.x, start.y, end.x, end.y, 1500),)


def motion(kind: str, point: Point) -> str:
    """Put a finger down (DOWN), move it (MOVE) or lift it (UP)."""
    return command("input", "motionevent", kind, point.x, point.y)


def moves(start: Point, end: Point, count: int) -> list[str]:
    """Move the finger in so many equal steps."""
    return [motion("MOVE", point) for point in _between(start, end, count)]


def _along(
    distance: int, at: int, limits: tuple[int, int], slop: int, point: Point, horizontal: bool
) -> Iterator[tuple[Point, Point]]:
    if distance == 0:
        return
    low, high = limits
    ahead = -1 if distance > 0 else 1  # the finger goes against what is to come into view
    start = min(max(at, low), high - 1)
    room = start - low if ahead < 0 else high - 1 - start
    least = max(slop + 1, math.ceil((high - low) * _SHORTEST_STROKE))
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


def _between(start: Point, end: Point, count: int) -> Iterable[Point]:
    for step in range(1, count + 1):
        x = start.x + round((end.x - start.x) * step / count)
        y = start.y + round((end.y - start.y) * step / count)
        yield Point(x, y)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _px(dp: int, density: int) -> int:
    return math.ceil(dp * density / DP)
