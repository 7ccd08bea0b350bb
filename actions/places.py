"""Reads places as models write them, as points of any unit or by the number of a mark, into one frame.

Numbers are read exactly, as fractions: `0.29` of 100 pixels is pixel 29.
"""

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from handeye.actions.geometry import Box, Frame, Point, Transform
from handeye.actions.points import PIXELS, Points
from handeye.actions.schema import InvalidAction

TOLERANCE = 50
"""A point outside the frame by at most 1 / TOLERANCE of its side (2 %) is moved to the edge."""

_NUMBER = re.compile(r"(?<![0-9.])[+-]?[0-9]{1,12}(?:\.[0-9]{0,12})?(?![0-9.])")
_TAG = re.compile(r"</?\|?(?:box_start|box_end|bbox|point|box)\|?>")
_WIDE = str.maketrans("\uff08\uff09\uff0c\uff3b\uff3d", "(),[]")
_LONGEST = 120
_LARGEST = 10**9


class PlaceReader:
    """Reads the points, boxes and distances of one reply. `notes` lists what was changed."""

    def __init__(
        self, frame: Frame, target: Frame | None = None, marks: Sequence[Box] = (), points: Points = PIXELS
    ) -> None:
        """Read points of `frame`, the image as the model sees it, and return pixels of `target`, or of `frame` if None.

        `points` says how they are written. `marks` are the boxes, in pixels of the target, of the marks that may name a
        place, counted from 1.
        """
        self.frame = frame
        self.target = frame if target is None else target
        self.notes: list[str] = []
        self.named: list[int] = []
        """The numbers of the marks that were named."""
        self.moved = 0
        """How many points lay slightly outside, and were moved to the edge."""
        self._points = points
        self._cells = points.cells(frame)
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
        """Return lengths along the axes, in pixels of the frame, in pixels of the target."""
        return self._transform.distance(dx, dy)

    def point(self, value: object) -> Point:
        """Return the pixel that a value means: [x, y], {"x": …, "y": …}, "(x, y)", the centre of a box, {"mark": …}.

        Fractions of a pixel are cut off, and a point slightly outside is moved to the edge, both with a note. Raises
        `InvalidAction` for anything else: other shapes, another unit, points far outside, NaN.
        """
        if isinstance(value, dict) and value.keys() == {"mark"}:
            return self.mark(value["mark"])
        numbers = self._usable(value)
        match numbers:
            case [first, second]:
                return self._at(*self._points.ordered(first, second), cut=True)
            case [left, top, right, bottom]:
                x, y = self._points.ordered((left + right) / 2, (top + bottom) / 2)
                center = _show([x, y] if self._points.last else [Fraction(math.floor(x)), Fraction(math.floor(y))])
                self.notes.append(f"took the centre {center} of the box {_show(numbers)}")
                return self._at(x, y, cut=False)
            case _:
                order = "[x, y]" if self._points.order == "xy" else "[y, x]"
                raise InvalidAction(
                    f"a point must be {order} in {self._points.meaning} of {self.frame}, not {_excerpt(value)}"
                )

    def box(self, value: object) -> Box:
        """Return the box of a value in pixels, [left, top, right, bottom] or two corners; edges as in `point`."""
        if isinstance(value, list) and len(value) == 2 and all(isinstance(corner, list) for corner in value):
            value = [number for corner in value for number in corner]
        numbers = self._usable(value)
        if len(numbers) != 4:
            raise InvalidAction(
                f"a box must be [left, top, right, bottom] in pixels of {self.frame}, not {_excerpt(value)}"
            )
        left, top = self._clamp(self._whole(numbers[0], numbers[1], cut=True), self.frame)
        # The right and lower edges are exclusive: the last pixel inside is one before them.
        last = self._clamp(self._whole(numbers[2] - 1, numbers[3] - 1, cut=True), self.frame)
        return self._transform.box(Box(left, top, last.x + 1, last.y + 1))

    def _at(self, x: Fraction, y: Fraction, cut: bool) -> Point:
        """Return the pixel of the target at two numbers; `cut` notes that fractions of a cell are cut off."""
        last = self._points.last
        if last is None:
            point = self._clamp(self._whole(x, y, cut), self._cells)
            return Transform(self._cells, self.target).point(point)
        inside = [min(max(number, Fraction(0)), Fraction(last)) for number in (x, y)]
        if any(abs(near - number) * TOLERANCE > last for near, number in zip(inside, (x, y), strict=True)):
            raise InvalidAction(self._outside(_show([x, y])))
        if inside != [x, y]:
            self._note_move(_show([x, y]), _show(inside))
        return self.target.at(inside[0] / last, inside[1] / last)

    def _whole(self, x: Fraction, y: Fraction, cut: bool) -> Point:
        point = Point(math.floor(x), math.floor(y))
        if cut and (point.x != x or point.y != y):
            self.notes.append(f"cut {_show([x, y])} to {point}")
        return point

    def _clamp(self, point: Point, cells: Frame) -> Point:
        inside = cells.clamp(point)
        if inside == point:
            return point
        width, height = cells.size
        if abs(inside.x - point.x) * TOLERANCE > width or abs(inside.y - point.y) * TOLERANCE > height:
            raise InvalidAction(self._outside(str(point)))
        self._note_move(str(point), str(inside))
        return inside

    def _note_move(self, written: str, inside: str) -> None:
        self.notes.append(f"clamped {written} to {inside}")
        self.moved += 1

    def _usable(self, value: object) -> list[Fraction]:
        """Return the two or four numbers of a value, none if it has another shape; refuse huge and too small ones."""
        numbers = _numbers(value)
        if any(number is None or abs(number) >= _LARGEST for number in numbers):
            raise InvalidAction(self._outside(_excerpt(value)))
        usable = [number for number in numbers if number is not None]
        fractions = all(0 <= number <= 1 for number in usable) and any(number not in (0, 1) for number in usable)
        if fractions and self._points.unit != "parts":
            raise InvalidAction(
                f"the point {_show(usable)} must be in {self._points.meaning} of {self.frame}, not in fractions"
            )
        return usable

    def _outside(self, written: str) -> str:
        unit = "" if self._points.unit == "pixels" else f": it must be in {self._points.meaning}"
        return f"the point {written} lies outside {self.frame}{unit}"


def _numbers(value: object) -> list[Fraction | None]:
    """Return the two or four numbers of a point or box, None for NaN and infinity; an empty list if it is neither."""
    match value:
        case [list() as inner]:
            return _numbers(inner)
        case dict() if value.keys() == {"x", "y"}:
            return _numbers([value["x"], value["y"]])
        case str() if len(value) <= _LONGEST:
            text = _TAG.sub(" ", value.translate(_WIDE))
            between = _NUMBER.sub("", text)
            return [Fraction(found) for found in _NUMBER.findall(text)] if not between.strip(" \t\n,()[]<>|") else []
        case list() if len(value) in (2, 4):
            numbers = [_number(item) for item in value]
            infinite = [isinstance(item, float) and not math.isfinite(item) for item in value]
            whole = all(number is not None or odd for number, odd in zip(numbers, infinite, strict=True))
            return numbers if whole else []
        case _:
            return []


def _number(value: object) -> Fraction | None:
    match value:
        case bool():
            return None
        case int():
            return Fraction(value)
        case float() if math.isfinite(value):
            return Fraction(repr(value))  # as it was written, not as binary digits come nearest to it
        case str() if _NUMBER.fullmatch(value.strip()):
            return Fraction(value.strip())
        case _:
            return None


def _show(numbers: Sequence[Fraction]) -> str:
    return f"[{', '.join(str(number) if number.denominator == 1 else f'{float(number):.10g}' for number in numbers)}]"


def _excerpt(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
