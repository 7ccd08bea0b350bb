"""Reads places as models write them, in pixels or by the number of a mark, into one frame."""

import math
import re
from collections.abc import Sequence

from handeye.actions.geometry import Box, Frame, Point, Transform
from handeye.actions.schema import InvalidAction

TOLERANCE = 50
"""A point outside the frame by at most 1 / TOLERANCE of its side (2 %) is moved to the edge."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{0,12})?")
_LONGEST = 120


class PixelReader:
    """Reads the points, boxes and distances of one reply. `notes` lists what was changed."""

    def __init__(self, frame: Frame, target: Frame | None = None, marks: Sequence[Box] = ()) -> None:
        """Read pixels of `frame` and return pixels of `target`; None returns pixels of `frame`.

        `marks` are the boxes, in pixels of the target, of the marks that may name a place, counted from 1.
        """
        self.frame = frame
        self.target = frame if target is None else target
        self.notes: list[str] = []
        self.named: list[int] = []
        """The numbers of the marks that were named."""
        self._transform = Transform(frame, self.target)
        self._marks = marks

    def place(self, written: object, mark: object) -> Point:
        """Return the pixel that a point, a mark or both refer to; None means not given.

        Raises `InvalidAction` as `point` and `mark` do, and for a point that lies outside its mark.
        """
        if mark is None:
            return self.point(written)
        center = self.mark(mark)
        if written is not None and not self._marks[self.named[-1] - 1].contains(self.point(written)):
            raise InvalidAction(
                f"the point {_excerpt(written)} lies outside mark {self.named[-1]}: name one of the two"
            )
        return center

    def mark(self, value: object) -> Point:
        """Return the middle of the mark's box; raise `InvalidAction` if there is no such mark."""
        bare = value[0] if isinstance(value, list) and len(value) == 1 else value
        number = _number(bare.strip(" #[]()") if isinstance(bare, str) else bare)
        if not self._marks:
            raise InvalidAction("there are no marks on this screenshot: give a point")
        last = len(self._marks)
        if number is None or number not in range(1, last + 1):
            known = "the only mark is 1" if last == 1 else f"the marks are 1 to {last}"
            raise InvalidAction(f"there is no mark {_excerpt(value)}: {known}")
        center = self._marks[int(number) - 1].center
        self.named.append(int(number))
        return center

    def distance(self, dx: int, dy: int) -> tuple[int, int]:
        """Return lengths along the axes in pixels of the target."""
        return self._transform.distance(dx, dy)

    def point(self, value: object) -> Point:
        """Return the pixel that a value means: [x, y], {"x": …, "y": …}, "(x, y)", the centre of a box, {"mark": …}.

        Fractions of a pixel are cut off, and a point slightly outside is moved to the edge, both with a note. Raises
        `InvalidAction` for anything else: other shapes, fractions of the frame, points far outside, NaN.
        """
        if isinstance(value, dict) and value.keys() == {"mark"}:
            return self.mark(value["mark"])
        numbers = _numbers(value)
        match numbers:
            case [x, y]:
                self._refuse_fractions(numbers)
                return self._transform.point(self._clamp(self._whole(x, y)))
            case [left, top, right, bottom]:
                self._refuse_fractions(numbers)
                center = Point(math.floor((left + right) / 2), math.floor((top + bottom) / 2))
                self.notes.append(f"took the centre {center} of the box {_show(numbers)}")
                return self._transform.point(self._clamp(center))
            case _:
                raise InvalidAction(f"a point must be [x, y] in pixels of {self.frame}, not {_excerpt(value)}")

    def box(self, value: object) -> Box:
        """Return the box of a value, [left, top, right, bottom] or two corners; edges are handled as in `point`."""
        if isinstance(value, list) and len(value) == 2 and all(isinstance(corner, list) for corner in value):
            value = [number for corner in value for number in corner]
        numbers = _numbers(value)
        if len(numbers) != 4:
            raise InvalidAction(
                f"a box must be [left, top, right, bottom] in pixels of {self.frame}, not {_excerpt(value)}"
            )
        self._refuse_fractions(numbers)
        left, top = self._clamp(self._whole(numbers[0], numbers[1]))
        # The right and lower edges are exclusive: the last pixel inside is one before them.
        last = self._clamp(self._whole(numbers[2] - 1, numbers[3] - 1))
        return self._transform.box(Box(left, top, last.x + 1, last.y + 1))

    def _whole(self, x: float, y: float) -> Point:
        point = Point(math.floor(x), math.floor(y))
        if point != (x, y):
            self.notes.append(f"cut {_show([x, y])} to {point}")
        return point

    def _clamp(self, point: Point) -> Point:
        inside = self.frame.clamp(point)
        if inside == point:
            return point
        width, height = self.frame.size
        if abs(inside.x - point.x) * TOLERANCE > width or abs(inside.y - point.y) * TOLERANCE > height:
            raise InvalidAction(f"the point {point} lies outside {self.frame}")
        self.notes.append(f"clamped {point} to {inside}")
        return inside

    def _refuse_fractions(self, numbers: list[float]) -> None:
        if not all(math.isfinite(number) and abs(number) < 1e9 for number in numbers):
            raise InvalidAction(f"the point {_show(numbers)} lies outside {self.frame}")
        if all(0 <= number <= 1 for number in numbers) and any(number not in (0, 1) for number in numbers):
            raise InvalidAction(f"the point {_show(numbers)} must be in pixels of {self.frame}, not in fractions")


def _numbers(value: object) -> list[float]:
    """Return the two or four numbers of a point or box, or an empty list if it is neither."""
    match value:
        case [list() as inner]:
            return _numbers(inner)
        case dict() if value.keys() == {"x", "y"}:
            return _numbers([value["x"], value["y"]])
        case str() if len(value) <= _LONGEST:
            between = _NUMBER.sub("", value)
            return [float(found) for found in _NUMBER.findall(value)] if not between.strip(" \t\n,()[]<>|") else []
        case list() if len(value) in (2, 4):
            numbers = [_number(item) for item in value]
            return [number for number in numbers if number is not None] if None not in numbers else []
        case _:
            return []


def _number(value: object) -> float | None:
    match value:
        case bool():
            return None
        case int() | float():
            return value
        case str() if _NUMBER.fullmatch(value.strip()):
            return float(value)
        case _:
            return None


def _show(numbers: list[float]) -> str:
    return f"[{', '.join(f'{number:.10g}' if isinstance(number, float) else str(number) for number in numbers)}]"


def _excerpt(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
