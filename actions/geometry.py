"""Pixel grids, and the only transform between them.

All coordinates are integers and name a pixel, not a corner of one. A `Frame` is the grid that a point belongs to
(screenshot, model image, device input); a `Transform` maps points and boxes from one frame to another by their pixel
centres, so that rounding is not biased to one side. No other code scales coordinates.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import NamedTuple

from handeye.actions.errors import HandeyeError


class OutOfFrame(HandeyeError):
    """A point or box lies outside its frame."""


class Size(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Point(NamedTuple):
    """One pixel: `x` to the right, `y` down, from the frame's origin. In JSON `[x, y]`."""

    x: int
    y: int

    def __str__(self) -> str:
        return f"[{self.x}, {self.y}]"


class Box(NamedTuple):
    """A rectangle of pixels, half-open: `left <= x < right` and `top <= y < bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        """Width and height in pixels; not positive for an empty box."""
        return Size(self.right - self.left, self.bottom - self.top)

    @property
    def center(self) -> Point:
        """The middle pixel; for an even number of pixels the right or lower one of the two in the middle."""
        return Point((self.left + self.right) // 2, (self.top + self.bottom) // 2)

    def contains(self, point: Point) -> bool:
        """Return whether the pixel lies inside."""
        return self.left <= point.x < self.right and self.top <= point.y < self.bottom

    def __str__(self) -> str:
        return f"[{self.left}, {self.top}, {self.right}, {self.bottom}]"


ORIGIN = Point(0, 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A named pixel grid."""

    name: str
    """The name in error messages: "screenshot", "model image", "device input"."""
    size: Size
    """Width and height in pixels, both at least 1."""
    origin: Point = ORIGIN
    """The upper left pixel; not (0, 0) for a monitor or a window at another position."""

    def __post_init__(self) -> None:
        if self.size.width < 1 or self.size.height < 1:
            raise ValueError(f"the frame {self.name!r} needs at least one pixel, not {self.size}")

    @property
    def box(self) -> Box:
        """The box of all its pixels."""
        return Box(self.origin.x, self.origin.y, self.origin.x + self.size.width, self.origin.y + self.size.height)

    def contains(self, point: Point) -> bool:
        """Return whether the pixel belongs to the frame."""
        return self.box.contains(point)

    def require(self, point: Point) -> Point:
        """Return the point; raise `OutOfFrame` if it lies outside."""
        if not self.contains(point):
            raise OutOfFrame(f"the point {point} lies outside {self}")
        return point

    def require_box(self, box: Box) -> Box:
        """Return the box; raise `OutOfFrame` if it is empty or extends outside."""
        if box.size.width < 1 or box.size.height < 1:
            raise OutOfFrame(f"the box {box} in {self} is empty: it must be [left, top, right, bottom]")
        last = Point(box.right - 1, box.bottom - 1)
        if not (self.contains(Point(box.left, box.top)) and self.contains(last)):
            raise OutOfFrame(f"the box {box} lies outside {self}")
        return box

    def clamp(self, point: Point) -> Point:
        """Return the pixel of the frame nearest to the point."""
        box = self.box
        return Point(min(max(point.x, box.left), box.right - 1), min(max(point.y, box.top), box.bottom - 1))

    def at(self, x: Fraction, y: Fraction) -> Point:
        """Return the pixel at a position given in parts of the sides: 0 is the first pixel, 1 the last.

        Raises `OutOfFrame` for a number outside 0 to 1.
        """
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise OutOfFrame(f"the position ({x}, {y}) lies outside {self}")
        column, row = floor(x * self.size.width), floor(y * self.size.height)
        return self.clamp(Point(column + self.origin.x, row + self.origin.y))

    def __str__(self) -> str:
        where = "" if self.origin == ORIGIN else f" from {self.origin}"
        return f"the {self.name} of {self.size} pixels{where}"


@dataclass(frozen=True, slots=True)
class Transform:
    """Maps the pixels of `source` onto those of `target`, each axis by its own factor.

    A transform to a larger frame followed by its inverse returns every point unchanged.
    """

    source: Frame
    target: Frame

    def point(self, p: Point) -> Point:
        """Return the pixel of the target under the centre of `p`; raise `OutOfFrame` if `p` is not in the source."""
        self.source.require(p)
        (ox, oy), (sw, sh) = self.source.origin, self.source.size
        (tx, ty), (tw, th) = self.target.origin, self.target.size
        # Integer arithmetic only: the centre (x + 1/2) scaled by tw / sw, rounded down to the pixel that contains it.
        x = (2 * (p.x - ox) + 1) * tw // (2 * sw) + tx
        y = (2 * (p.y - oy) + 1) * th // (2 * sh) + ty
        return self.target.require(Point(x, y))

    def box(self, b: Box) -> Box:
        """Return the smallest box of the target that covers `b`; it contains `point(p)` for each `p` in `b`.

        Raises `OutOfFrame` if `b` is empty or not inside the source.
        """
        self.source.require_box(b)
        (ox, oy), (sw, sh) = self.source.origin, self.source.size
        (tx, ty), (tw, th) = self.target.origin, self.target.size
        left, top = (b.left - ox) * tw // sw + tx, (b.top - oy) * th // sh + ty
        right, bottom = -((ox - b.right) * tw // sw) + tx, -((oy - b.bottom) * th // sh) + ty  # rounded up
        return self.target.require_box(Box(left, top, right, bottom))

    def center(self, p: Point) -> tuple[float, float]:
        """Return the centre of `p` in the target's unit, unrounded, for devices that accept fractions (CSS pixels).

        Raises `OutOfFrame` if `p` is not in the source.
        """
        self.source.require(p)
        (ox, oy), (sw, sh) = self.source.origin, self.source.size
        (tx, ty), (tw, th) = self.target.origin, self.target.size
        return (2 * (p.x - ox) + 1) * tw / (2 * sw) + tx, (2 * (p.y - oy) + 1) * th / (2 * sh) + ty

    def corner(self, p: Point) -> tuple[float, float]:
        """Return the upper left corner of `p` in the target's unit, unrounded, for devices that accept fractions.

        Raises `OutOfFrame` if `p` is not in the source.
        """
        self.source.require(p)
        (ox, oy), (sw, sh) = self.source.origin, self.source.size
        (tx, ty), (tw, th) = self.target.origin, self.target.size
        return (p.x - ox) * tw / sw + tx, (p.y - oy) * th / sh + ty

    def distance(self, dx: int, dy: int) -> tuple[int, int]:
        """Return lengths along the axes in pixels of the target, rounded; nonzero lengths stay nonzero."""
        (sw, sh), (tw, th) = self.source.size, self.target.size
        return _scaled(dx, Fraction(tw, sw)), _scaled(dy, Fraction(th, sh))

    def inverse(self) -> "Transform":
        """Return the inverse transform, from the target to the source."""
        return Transform(self.target, self.source)


def _scaled(length: int, factor: Fraction) -> int:
    least = (length > 0) - (length < 0)
    return round(length * factor) or least
