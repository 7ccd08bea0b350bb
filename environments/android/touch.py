"""Commands that touch a phone's screen. Points are pixels of the screen in its current rotation.

`input motionevent` moves a finger step by step, which a drag along a path and a scroll without a fling need; it was
added in Android 9. Source: frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

from handeye.actions.geometry import Box, Point, Size
from handeye.environments import strokes as finger
from handeye.environments.android.shell import command
from handeye.environments.hand import DROP_SECONDS, PICK_UP_SECONDS, PRESS_SECONDS
from handeye.environments.strokes import SLOP

DP = 160
"""The density at which one dp is one pixel."""

_EDGE = 48
"""The margin on each side, in dp, that Android reserves for its own gestures and bars."""
_STEPS = 8
"""Finger moves in one stroke of a scroll."""
_STEP = 60
"""Pixels between two finger positions along a path."""
_MOST_STEPS = 400
_SWIPE = (0.2, 1.0)
"""The minimum and maximum duration of a swipe, in seconds."""
_SWIPE_SPEED = 2500.0
"""Pixels per second."""


def tap(point: Point, count: int) -> tuple[str, ...]:
    """Tap, `count` times in a row.

    `input tap` lifts the finger in the same millisecond, which a game that looks once per frame never sees. A swipe of
    no length rests for as long as a hand does; it counts as a tap, and the time between two taps stays the same.
    """
    return long_press(point, PRESS_SECONDS) * count


def long_press(point: Point, seconds: float) -> tuple[str, ...]:
    """Hold a finger at a point: a swipe of zero length."""
    return (command("input", "swipe", point.x, point.y, point.x, point.y, max(round(seconds * 1000), 1)),)


def swipe(start: Point, end: Point) -> tuple[str, ...]:
    """Move a finger along a line at a natural speed."""
    seconds = min(max(math.dist(start, end) / _SWIPE_SPEED, _SWIPE[0]), _SWIPE[1])
    return (command("input", "swipe", start.x, start.y, end.x, end.y, round(seconds * 1000)),)


def drag(path: Sequence[Point], hold_seconds: float = 0.0) -> tuple[str, ...]:
    """Move a finger along a path, after holding it at the first point, and rest before lifting it.

    A point repeated in a row is held, too, for example to pick up an icon.
    """
    steps = [max(1, math.ceil(math.dist(*leg) / _STEP)) for leg in itertools.pairwise(path)]
    fewer = max(1.0, sum(steps) / _MOST_STEPS)
    commands = [motion("DOWN", path[0])]
    if hold_seconds > 0:
        commands.append(command("sleep", hold_seconds))
    for (start, end), count in zip(itertools.pairwise(path), steps, strict=True):
        if start == end:
            commands.append(command("sleep", PICK_UP_SECONDS))
            continue
        commands += moves(start, end, max(1, round(count / fewer)))
    return (*commands, command("sleep", DROP_SECONDS), motion("UP", path[-1]))


def strokes(point: Point, dx: int, dy: int, size: Size, density: int) -> Iterator[tuple[Point, Point]]:
    """Yield the start and end of each stroke of a scroll, as `environments.strokes` does, away from Android's edges."""
    edge = _px(_EDGE, density)
    inner = Box(edge, edge, size.width - edge, size.height - edge)
    return finger.strokes(point, dx, dy, inner, _px(SLOP, density))


def scrolled(start: Point, end: Point, density: int) -> Point:
    """Return how far one of `strokes` scrolls."""
    return finger.scrolled(start, end, _px(SLOP, density))


def stroke(start: Point, end: Point) -> tuple[str, ...]:
    """Move a finger along one axis from one point to another, and lift it after a rest."""
    near = finger.before_end(start, end)
    return (
        motion("DOWN", start),
        *moves(start, near, _STEPS),
        command("sleep", DROP_SECONDS),
        motion("MOVE", end),
        motion("UP", end),
    )


def slow_swipe(start: Point, end: Point) -> tuple[str, ...]:
    """The closest equivalent of `stroke` without `motionevent`: the slower it is, the weaker the fling."""
    return (command("input", "swipe", start.x, start.y, end.x, end.y, 1500),)


def motion(kind: str, point: Point) -> str:
    """Put a finger down (DOWN), move it (MOVE) or lift it (UP)."""
    return command("input", "motionevent", kind, point.x, point.y)


def moves(start: Point, end: Point, count: int) -> list[str]:
    """Move the finger in `count` equal steps."""
    return [motion("MOVE", point) for point in _between(start, end, count)]


def _between(start: Point, end: Point, count: int) -> Iterable[Point]:
    for step in range(1, count + 1):
        x = start.x + round((end.x - start.x) * step / count)
        y = start.y + round((end.y - start.y) * step / count)
        yield Point(x, y)


def _px(dp: int, density: int) -> int:
    return math.ceil(dp * density / DP)
