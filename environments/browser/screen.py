"""Conversion between the screenshot's pixels and the page's CSS pixels."""

from dataclasses import dataclass
from fractions import Fraction

from handeye.actions.geometry import Box, Frame, OutOfFrame, Point, Size, Transform
from handeye.environments.errors import ActionRejected

_PRECISION = 1000
"""The largest denominator of a device scale factor: 1.333 is taken as 1333/1000."""
_INSIDE = 1 / 64
"""Chromium's layout unit, in CSS px."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Which part of a page a screenshot shows, and how its pixels map to it."""

    size: Size
    """The screenshot's size in device pixels."""
    region: Box
    """The part of the viewport that it shows, in CSS px."""
    factor: float
    """Device px per CSS px."""

    @property
    def transform(self) -> Transform:
        """From the screenshot to the viewport.

        If the region is not a whole number of device pixels, Chromium rounds the screenshot's size, so the ratio of the
        sizes is not quite the factor. The frames are then larger than the screenshot and in the exact ratio.
        """
        ratio = Fraction(self.factor).limit_denominator(_PRECISION)
        origin = Point(self.region.left, self.region.top)
        css = self.region.size
        if css.width * ratio == self.size.width and css.height * ratio == self.size.height:
            return Transform(Frame("screenshot", self.size), Frame("viewport", css, origin))
        columns, rows = -(-self.size.width // ratio.numerator), -(-self.size.height // ratio.numerator)
        device = Size(columns * ratio.numerator, rows * ratio.numerator)
        page = Size(columns * ratio.denominator, rows * ratio.denominator)
        return Transform(Frame("device pixels", device), Frame("viewport", page, origin))

    def css(self, point: Point) -> tuple[float, float]:
        """Return a screenshot pixel in CSS px of the viewport; raise `ActionRejected` if it is outside."""
        try:
            Frame("screenshot", self.size).require(point)
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        x, y = input_point(self.transform, point)
        return min(x, self.region.right - _INSIDE), min(y, self.region.bottom - _INSIDE)

    def length(self, pixels: int) -> float:
        """Return a distance in the screenshot as CSS px."""
        return pixels / self.factor


def input_point(transform: Transform, point: Point) -> tuple[float, float]:
    """Return where to send Chromium's input for a pixel, in CSS px of the transform's target.

    This is the pixel's upper left corner, not its centre: Chromium hit-tests at the next whole CSS px, so a click at
    15.5 would hit an element that begins at 16. Between whole CSS px it is slightly inside the corner, so that rounding
    does not select another pixel.
    """
    begin, center = transform.corner(point), transform.center(point)
    x, y = (b if b.is_integer() else b + (c - b) / 8 for b, c in zip(begin, center, strict=True))
    return x, y
