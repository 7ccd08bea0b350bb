"""Looking at a phone: screenshot and status together, once or until nothing changes.

A phone does not report when its screen changes, and a look costs 100 ms or more. So a screen counts as settled when two
looks show the same and the second began after the grace and the quiet time; the first is taken during the grace period,
which would otherwise be idle. While Android moves the focus from one window to the next, the screen has not settled. A
spot that keeps changing, such as a spinner, is waited for less long than that.
"""

import re
import threading
import time
from dataclasses import dataclass
from functools import cached_property

from PIL import Image, ImageChops

from handeye.environments.android.camera import Camera, screenshots_of
from handeye.environments.android.link import CALL_SECONDS, AdbLink, Address
from handeye.environments.android.screenshot import Encoding, Screenshot
from handeye.environments.android.shell import command, read_packets
from handeye.environments.android.status import Status, parse_panel, parse_status, status_script
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
_UNFOCUSED = 1.0
"""Seconds to wait for a window that has the focus on a screen that does not change otherwise. Some phones report no
focus at all in some apps: once that is seen, it is not waited for until they report one again."""
_PANELS = command("dumpsys", "SurfaceFlinger", "--display-id")
_PANEL_IN_USE = command("dumpsys", "display")
_PANEL = re.compile(r"^Display (\d+) \(", re.MULTILINE)


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
    def is_mapped(self) -> bool:
        """Whether the picture shows what touches reach, pixel for pixel, as far as the phone says."""
        return self.status.display is None or self.status.display.size == self.screenshot.size

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
        self, link: AdbLink, address: Address, settle: Settle, stopped: threading.Event, encoding: Encoding | None
    ) -> None:
        """`stopped` ends every wait; `encoding` is for screenshots, None to find the fastest."""
        self._link = link
        self._address = address
        self._settle = settle
        self._stopped = stopped
        self.camera = Camera(link, address, encoding)
        self._panels: tuple[str, ...] | None = None
        """SurfaceFlinger's numbers of the physical displays of a phone that has several, such as one that folds; None
        before the first look."""
        self._status = status_script(False)
        self._focusless = False
        """Whether the phone reports no focus on a screen that is at rest."""

    def look(self) -> View:
        """Take a screenshot, and query the status while the phone works on it. Raises `EnvironmentLost`."""
        if self._panels is None:
            self._panels = self._found_panels()
        view = self._look()
        if self._panels and self._use(view.status.panel or self._fitting(view)):
            return self._look()  # the phone was folded or unfolded
        return view

    def _found_panels(self) -> tuple[str, ...]:
        panels = tuple(_PANEL.findall(self._link.shell(self._address, _PANELS).output))
        if len(panels) < 2:
            return ()
        self._status = status_script(True)
        used = parse_panel(self._link.shell(self._address, _PANEL_IN_USE).output)
        self.camera.panel = used if used in panels else None
        return panels

    def _look(self) -> View:
        exposure = self.camera.start()
        try:
            with self._link.start(self._address, f"shell,v2,raw:{self._status}", CALL_SECONDS) as asked:
                screenshot = self.camera.finish(exposure)
                status = parse_status(read_packets(asked.rest()).output)
        except BaseException:
            exposure.cancel()
            raise
        return View(screenshot, status)

    def _use(self, panel: str | None) -> bool:
        """Capture a physical display from now on; return whether that is another one than before."""
        if not self._panels or panel not in self._panels or panel == self.camera.panel:
            return False
        self.camera.panel = panel
        return True

    def _fitting(self, view: View) -> str | None:
        """Return the physical display whose pixels are those that touches reach, if that is only one."""
        if view.is_mapped or view.status.display is None:
            return None
        shots = screenshots_of(self._link, self._address, self._panels or ())
        fitting = [panel for panel, shot in shots.items() if shot.size == view.status.display.size]
        return fitting[0] if len(fitting) == 1 else None

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
            changes = after.changes_from(before)
            if changes is not None and changes.getbbox() is None:
                if not after.status.moving:
                    self._focusless = False
                    return after
                if self._focusless or asked - began >= _UNFOCUSED:
                    self._focusless = True
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
