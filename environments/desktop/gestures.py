"""Gestures for every kind of desktop: wheel notches, separate clicks, the pace of typing."""

import math
import time

from handeye.actions.geometry import Point
from handeye.environments.hand import KEY_SECONDS, SHORT_TEXT

NOTCHES_AT_A_TIME = 20
"""Wheel notches after which programs are given a moment."""

_CODE = 40
"""Characters up to which a text may be a code or a number whose fields move the focus on: licenses, IBANs, UUIDs. A
program does not tell where in its window the focus is."""
_NOTCH = 120
"""Pixels that a wheel notch scrolls in Chromium on Linux; other toolkits scroll by 50 to 100."""
_DOUBLE_CLICK = 0.52
"""Slightly more than the time within which toolkits take two clicks in one place for a double click, in seconds."""
_SAME_PLACE = 10
"""The distance within which they do so, in pixels."""


def notches(distance: int) -> int:
    """Return the signed number of wheel notches for a distance in pixels: at least one unless it is 0."""
    turned = max(1, round(abs(distance) / _NOTCH)) if distance else 0
    return turned if distance > 0 else -turned


def key_seconds(typed: int, length: int) -> float:
    """Return how long to take for a character, at least: 0 for those of a long text after its beginning.

    typed: how many were typed before it, or since the focus last moved on. length: of the whole text.
    """
    return KEY_SECONDS if length <= _CODE or typed < SHORT_TEXT else 0.0


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
