"""How a family of models writes points, as data: the unit, whether the far edge counts, which number comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from handeye.actions.geometry import Frame, Point, Size, Transform

Numbers = tuple[Fraction, Fraction]
Write = Callable[[Point], str]
"""Returns how a point is written."""

_CELLS = Size(1000, 1000)
# Enough decimals to name every pixel of the largest frame.
_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Points:
    """The unit and the order of the two numbers of a point."""

    unit: Literal["pixels", "thousandths", "parts"] = "pixels"
    """Pixels of the image as the model sees it; thousandths of its sides; or parts of them, from 0 to 1."""
    inclusive: bool = False
    """Of thousandths: whether 0 and 1000 are the edges of the image. Otherwise 0 to 999 name a thousand equal cells."""
    order: Literal["xy", "yx"] = "xy"

    @property
    def meaning(self) -> str:
        """What the numbers are, for a message."""
        match self.unit:
            case "pixels":
                return "pixels"
            case "thousandths":
                return f"thousandths from 0 to {1000 if self.inclusive else 999}"
            case "parts":
                return "parts from 0 to 1"

    @property
    def last(self) -> int | None:
        """The number of the far edge, if the numbers are positions between two edges; None if they count cells."""
        if self.unit == "parts":
            return 1
        return 1000 if self.unit == "thousandths" and self.inclusive else None

    def cells(self, frame: Frame) -> Frame:
        """Return the grid whose cells the numbers count, if `last` is None: the frame, or a thousand cells a side."""
        return frame if self.unit == "pixels" else Frame(frame.name, _CELLS)

    def ordered(self, first: Fraction, second: Fraction) -> Numbers:
        """Return x and y of the two numbers as they are written."""
        return (first, second) if self.order == "xy" else (second, first)

    def written(self, point: Point, frame: Frame) -> tuple[int | float, int | float]:
        """Return the two numbers that stand for a pixel of `frame`, in the order in which they are written.

        Read again, they name the same pixel, unless thousandths are too few for a side of the frame: then a neighbour.
        """
        if self.last is None:
            x: int | float
            y: int | float
            x, y = Transform(frame, self.cells(frame)).point(point)
        else:
            x = self._position(point.x - frame.origin.x, frame.size.width)
            y = self._position(point.y - frame.origin.y, frame.size.height)
        return (x, y) if self.order == "xy" else (y, x)

    def writer(self, frame: Frame, form: str) -> Write:
        """Return what writes pixels of `frame` in this form, such as "({}, {})"."""
        return lambda point: form.format(*self.written(point, frame))

    def _position(self, index: int, side: int) -> int | float:
        middle = Fraction(2 * index + 1, 2 * side)
        if self.unit == "parts":
            return round(float(middle), _DECIMALS)
        return ceil(middle * 1000 - Fraction(1, 2))


PIXELS = Points()
"""Pixels of the image as the model sees it, x first: what the weights of this architecture were trained to write."""
THOUSANDTHS = Points("thousandths")
"""A thousand cells a side, from 0 to 999: what models that are made from Qwen3-VL were trained to write."""
PARTS = Points("parts")
"""Parts of the sides, from 0 to 1, as PyAutoGUI's functions may be called."""
EDGES = Points("thousandths", inclusive=True)
"""Thousandths from one edge to the other, from 0 to 1000, for those whose makers read them so."""
