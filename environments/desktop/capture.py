"""Screen capture of a desktop, with mss."""

from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageChops

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box, Size
from handeye.environments.errors import EnvironmentLost

if TYPE_CHECKING:
    from mss import MSS


class Shot(NamedTuple):
    """The unencoded pixels of a part of the screen."""

    pixels: bytearray
    """Blue, green, red and an unused byte each, row by row."""
    size: Size
    """In pixels; on macOS larger than the region, which is in points."""

    def difference(self, other: "Shot") -> Box | None:
        """Return the smallest box around the pixels that differ; None if all are equal."""
        if self.size != other.size:
            return Box(0, 0, *self.size)
        if self.pixels == other.pixels:
            return None
        box = ImageChops.difference(_image(self), _image(other)).getbbox()
        return None if box is None else Box(*box)


class Capture:
    """Captures a display, without the pointer."""

    def __init__(self, display: str | None) -> None:
        """Connect. Raises `EnvironmentLost` and `MissingDependency`.

        display: the name of an X11 display; None means the one in DISPLAY, or the only one on other systems.
        """
        self._display = display
        self._mss = _connected(display)

    def grab(self, region: Box) -> Shot:
        """Capture a region, given in units of the pointer's positions.

        Raises `EnvironmentLost`, also for a region that is not on the screen.
        """
        try:
            return self._grab(region)
        except EnvironmentLost:
            # A screen that has grown does not fit into the buffer that mss created when it connected.
            self.close()
            self._mss = _connected(self._display)
            return self._grab(region)

    def close(self) -> None:
        """Disconnect. May be called repeatedly."""
        from mss.exception import ScreenShotError

        try:
            self._mss.close()
        except (ScreenShotError, AssertionError, OSError):
            return  # the display is gone

    def _grab(self, region: Box) -> Shot:
        from mss.exception import ScreenShotError

        width, height = region.size
        try:
            shot = self._mss.grab({"left": region.left, "top": region.top, "width": width, "height": height})
        # mss asserts that its connection is alive.
        except (ScreenShotError, AssertionError, OSError) as error:
            raise EnvironmentLost(f"the screen cannot be captured: {str(error) or 'the display is gone'}") from error
        return Shot(shot.raw, Size(*shot.size))


def _connected(display: str | None) -> "MSS":
    try:
        from mss import MSS
        from mss.exception import ScreenShotError
    except ImportError:
        raise MissingDependency("mss", "desktop") from None
    try:
        return MSS() if display is None else MSS(display=display)
    except (ScreenShotError, AssertionError, OSError) as error:
        raise EnvironmentLost(f"the screen cannot be captured: {str(error) or 'the display is gone'}") from error


def _image(shot: Shot) -> Image.Image:
    return Image.frombytes("RGB", shot.size, bytes(shot.pixels), "raw", "BGRX")
