"""Pointer gestures for every kind of desktop: drag paths, wheel notches, separate clicks."""

import itertools
import math
import time
from collections.abc import Iterator, Sequence

from handeye.actions.geometry import Point

STEP_SECONDS = 0.012
"""Seconds between pointer positions during a drag."""
GRIP_SECONDS = 0.06
"""Seconds that a drag pauses at its first point, before and after the button goes down."""
STEPS_TO_LIFT = 4
"""Positions after which every program has recognized the drag."""
LIFT_SECONDS = 0.15
"""Seconds that a drag pauses then: until a program has started the drag, it does not detect drop targets."""
DROP_SECONDS = 0.1
"""Seconds that a drag pauses at its last point, each time it arrives there."""
NOTCHES_AT_A_TIME = 20
"""Wheel notches after which programs are given a moment."""

_STEP = 15.0
"""Pixels between pointer positions during a drag."""
_MIN_STEPS, _MAX_STEPS = 8, 60
_NOTCH = 120
"""Pixels that a wheel notch scrolls in Chromium on Linux; other toolkits scroll by 50 to 100."""
_DOUBLE_CLICK = 0.52
"""Slightly more than the time within which toolkits take two clicks in one place for a double click, in seconds."""
_SAME_PLACE = 10
"""The distance within which they do so, in pixels."""


def way(path: Sequence[Point]) -> Iterator[Point]:
    """Yield the points of a drag after the first one, close enough together for programs to follow."""
    for start, end in itertools.pairwise(path):
        steps = min(max(math.ceil(math.dist(start, end) / _STEP), _MIN_STEPS), _MAX_STEPS)
        for step in range(1, steps + 1):
            x = start.x + round((end.x - start.x) * step / steps)
            y = start.y + round((end.y - start.y) * step / steps)
            yield Point(x, y)


def notches(distance: int) -> int:
    """Return the signed number of wheel notches for a distance in pixels: at least one unless it is 0."""
    turned = max(1, round(abs(distance) / _NOTCH)) if distance else 0
    return turned if distance > 0 else -turned


class ClickMemory:
    """Remembers the last click, so that the next one never combines with it into a double click."""

    def __init__(self) -> None:
        self._last: tuple[str, Point, float] | None = None

    def wait(self, button: str, point: Point) -> float:
        """Return how many seconds to wait before the button goes down."""
        if self._last is None:
            return 0.0
        last_button, last_point, then = self._last
        if button != last_button or math.dist(point, last_point) > _SAME_PLACE:
            return 0.0
        return max(0.0, then + _DOUBLE_CLICK - time.monotonic())

    def note(self, button: str, point: Point) -> None:
        """Record a click that was just made."""
        self._last = (button, point, time.monotonic())
