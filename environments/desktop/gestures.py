"""How a hand moves, on every kind of desktop: the way of a drag, a wheel's notches, clicks that are not double."""

import itertools
import math
import time
from collections.abc import Iterator, Sequence

from handeye.actions.geometry import Point

STEP_SECONDS = 0.012
"""Between the pointer's positions during a drag."""
GRIP_SECONDS = 0.06
"""That a drag rests at its first point, before and after the button goes down."""
STEPS_TO_LIFT = 4
"""Positions after which every program has seen that this is a drag."""
LIFT_SECONDS = 0.15
"""That a drag rests then: until a program carries something, it does not see over what it moves."""
DROP_SECONDS = 0.1
"""That a drag rests at its last point, each time that it comes there."""
NOTCHES_AT_A_TIME = 20
"""Notches of the wheel after which programs are given a moment."""

_STEP = 15.0
"""Pixels between the pointer's positions during a drag."""
_MIN_STEPS, _MAX_STEPS = 8, 60
_NOTCH = 120
"""Pixels that a notch of the wheel scrolls in Chromium on Linux; other toolkits scroll by 50 to 100."""
_DOUBLE_CLICK = 0.52
"""Seconds within which toolkits take two clicks at the same place for a double click, and a little."""
_SAME_PLACE = 10
"""Pixels within which they do so."""


def way(path: Sequence[Point]) -> Iterator[Point]:
    """Yield the points of a drag after the first one, close enough to each other for programs to follow."""
    for start, end in itertools.pairwise(path):
        steps = min(max(math.ceil(math.dist(start, end) / _STEP), _MIN_STEPS), _MAX_STEPS)
        for step in range(1, steps + 1):
            x = start.x + round((end.x - start.x) * step / steps)
            y = start.y + round((end.y - start.y) * step / steps)
            yield Point(x, y)


def notches(distance: int) -> int:
    """Return how far to turn the wheel for a distance in pixels, with its sign: at least one notch unless it is 0."""
    turned = max(1, round(abs(distance) / _NOTCH)) if distance else 0
    return turned if distance > 0 else -turned


class ClickMemory:
    """Remembers the last click, so that the next press is never taken for the second half of a double click."""

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
        """Remember a click that was made just now."""
        self._last = (button, point, time.monotonic())
