"""Looking at a phone: screenshot and status together, once or until nothing changes.

A phone does not report when its screen changes, and a look costs 100 ms or more. So a screen counts as settled when two
looks show the same and the second began after the grace and the quiet time; the first is taken during the grace period,
which would otherwise be idle. While Android moves the focus from one window to the next, the screen has not settled. A
spot that keeps changing, such as a spinner, is waited for less long than that.
"""

import threading
import time
from dataclasses import dataclass
from functools import cached_property

from PIL import Image, ImageChops

from handeye.environments.android.link import CALL_SECONDS, AdbLink
from handeye.environments.android.screenshot import Camera, Encoding, Screenshot
from handeye.environments.android.shell import read_packets
from handeye.environments.android.status import STATUS, Status, parse_status
from handeye.environments.errors import EnvironmentLost
from handeye.environments.settle import Settle

_CELL = 8
"""Side length, in pixels, of the squares whose mean colours are compared."""
_STEP = 2
"""The largest difference, of 255, at which a square's red, green and blue count as the same."""
SPOT = 0.01
"""The part of the screen that may keep changing after an action: a spinner, a counter, an audio visualizer."""
CARET = 0.0015
"""The largest part of the screen that a blinking text cursor covers, which may change between any two looks."""
_RESTLESS = 1.5
"""Seconds to wait for a spot that keeps changing."""


@dataclass(frozen=True)
class View:
    """One look at a phone."""

    screenshot: Screenshot
    status: Status

    @cached_property
    def coarse(self) -> Image.Image:
        """The screenshot with one pixel per square."""
        return self.screenshot.image().reduce(_CELL)

    def changes_from(self, other: "View") -> Image.Image | None:
        """Return a mask that is 255 for each square that differs; None if the sizes differ."""
        if self.screenshot.size != other.screenshot.size:
            return None
        if self.screenshot.png == other.screenshot.png:
            width, height = self.screenshot.size
            return Image.new("L", (-(-width // _CELL), -(-height // _CELL)))  # like `coarse`, without decoding
        red, green, blue = ImageChops.difference(self.coarse, other.coarse).split()
        greatest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        return greatest.point(lambda level: 0 if level <= _STEP else 255)

    @property
    def blank(self) -> bool:
        """Whether the screenshot is entirely black."""
        size = self.screenshot.size
        if len(self.screenshot.png) > size.width * size.height // 50:
            return False  # a single colour compresses better than that
        extrema = self.screenshot.image().convert("L").getextrema()
        return extrema == (0, 0)


class Viewer:
    """Looks at one phone."""

    def __init__(
        self, link: AdbLink, serial: str, settle: Settle, stopped: threading.Event, encoding: Encoding | None
    ) -> None:
        """`stopped` ends every wait; `encoding` is for screenshots, None to find the fastest."""
        self._link = link
        self._serial = serial
        self._settle = settle
        self._stopped = stopped
        self.camera = Camera(link, serial, encoding)

    def look(self) -> View:
        """Take a screenshot, and query the status while the phone works on it. Raises `EnvironmentLost`."""
        exposure = self.camera.start()
        try:
            with self._link.start(self._serial, f"shell,v2,raw:{STATUS}", CALL_SECONDS) as asked:
                screenshot = exposure.finish()
                status = parse_status(read_packets(asked.rest()).output)
        except BaseException:
            exposure.cancel()
            raise
        return View(screenshot, status)

    def settled(self, quiet: float | None = None, limit: float | None = None, spot: float = SPOT) -> View:
        """Look until two looks show the same; a screen that never settles is returned at the limit.

        quiet, limit: seconds, instead of those in the settings.
        spot: the part of the screen that may keep changing.

        Raises `EnvironmentLost`.
        """
        quiet = self._settle.quiet if quiet is None else quiet
        limit = self._settle.limit if limit is None else limit
        began = asked = time.monotonic()
        before = self.look()
        restless, since = _Restless(spot), began
        while True:
            self.wait(max(began + self._settle.grace, asked + quiet) - time.monotonic())
            asked = time.monotonic()
            after = self.look()
            changes = None if after.status.moving else after.changes_from(before)
            if changes is not None and changes.getbbox() is None:
                return after
            if not restless.is_all_of(changes):
                since = asked
            if asked - since >= _RESTLESS or time.monotonic() - began > limit:
                return after
            before = after

    def wait(self, seconds: float) -> None:
        """Wait. Raises `EnvironmentLost` if the environment is closed meanwhile."""
        if seconds > 0 and self._stopped.wait(seconds):
            raise EnvironmentLost("the environment is closed")


class _Restless:
    """The areas that have changed since the last change larger than a spot."""

    def __init__(self, spot: float) -> None:
        self._spot = spot
        self._places: Image.Image | None = None

    def is_all_of(self, changes: Image.Image | None) -> bool:
        """Add changes (None means the whole screen); return whether all of them together are no more than a spot."""
        if changes is None:
            self._places = None
            return False
        places = changes if self._places is None else ImageChops.lighter(self._places, changes)
        share = places.histogram()[255] / (places.width * places.height)
        self._places = places if share <= self._spot else None
        return self._places is not None
