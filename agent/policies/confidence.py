"""How sure a model was of the points in its reply.

A point belongs to the numbers of the reply that move it: each candidate is changed in the text, and the reply is read
again. So numbers in thoughts, tab indices or times never count, whatever the dialect and wherever they stand.
"""

from collections.abc import Callable, Sequence
from math import prod, sqrt
from typing import NamedTuple

from handeye.actions.carry import points_of
from handeye.actions.geometry import Frame, Point, Transform
from handeye.actions.places import PlaceReader
from handeye.actions.points import PARTS, Points
from handeye.actions.reading import Reading
from handeye.actions.schema import InvalidAction
from handeye.agent.decision import Confidence, PointConfidence, Spread, known
from handeye.agent.policies.number import Number, numbers
from handeye.model.conversation.digits import Digit

_MOST_READINGS = 64
"""A reply that repeats itself is not read more often than this."""

Read = Callable[[str], Reading]
"""Reads a reply, with points of the target."""


def confidence(
    text: str, digits: Sequence[Digit], reading: Reading, read: Read, points: Points, transform: Transform
) -> Confidence:
    """Return how sure the model was of the points of a reply; empty if there are none, or no digits were measured.

    A point has none if it was moved to the edge, stands for a mark, or is not in the reply; one at the middle of a box
    has that of the box's numbers.

    text: the reply, whose `reading` holds points of the transform's target.
    read: reads it again with other numbers.
    points: how it writes points of the transform's source, the image as the model saw it.
    """
    placed = [points_of(action) for action in reading.actions]
    flat = [point for each in placed for point in each]
    if not flat or not digits:
        return ()
    frame, target = transform.source, transform.target
    search = _Search(text, read, flat, target)
    for candidate in reversed(_candidates(numbers(text, digits), points, frame, target)):  # actions end a reply
        search.consider(candidate)
    found = iter(search.found)
    return known(tuple(tuple(next(found) for _ in each) for each in placed))


class _Candidate(NamedTuple):
    """Two numbers that may be a point, or four that may be a box around it."""

    point: Point
    """Of the target."""
    numbers: tuple[Number, ...]
    points: Points
    limits: tuple[int, int]
    """What the greatest x and y of a point come to in the unit of the numbers."""

    def axis(self, place: int) -> int:
        """Return what a number counts: 0 is x, 1 is y."""
        return place % 2 if self.points.order == "xy" else 1 - place % 2

    def other(self, place: int) -> str:
        """Return another number for the one at a place, well apart from it."""
        limit = self.limits[self.axis(place)]
        if 2 * float(self.numbers[place].written) >= limit:
            return "0"
        return str(limit // 2) if limit > 1 else "0.5"

    def confidence(self, target: Frame) -> PointConfidence:
        """Return the confidence; its spread is that of the middle of the numbers on an axis."""
        spreads = []
        for axis, side in enumerate(target.size):
            limit = self.limits[axis]
            own = [each.deviation(limit) for place, each in enumerate(self.numbers) if self.axis(place) == axis]
            spreads.append(sqrt(sum(each**2 for each in own)) / len(own) * side / limit)
        return PointConfidence(prod(each.probability for each in self.numbers), Spread(*spreads))


class _Search:
    """Finds which candidates are the points of a reply."""

    def __init__(self, text: str, read: Read, points: Sequence[Point], target: Frame) -> None:
        self._text = text
        self._read = read
        self._points = points
        self._target = target
        self._readings = 0
        self.found: list[PointConfidence | None] = [None for _ in points]

    def consider(self, candidate: _Candidate) -> None:
        """Give its confidence to the points that it is."""
        open_ones = [
            number
            for number, point in enumerate(self._points)
            if point == candidate.point and self.found[number] is None
        ]
        for place in range(len(candidate.numbers)):
            if not open_ones or self._readings == _MOST_READINGS:
                return
            moved = self._moved(candidate, place)
            open_ones = [number for number in open_ones if number in moved]
        for number in open_ones:
            self.found[number] = candidate.confidence(self._target)

    def _moved(self, candidate: _Candidate, place: int) -> set[int]:
        """Return which points another number at a place of a candidate moves, along its axis alone."""
        self._readings += 1
        number = candidate.numbers[place]
        reading = self._read(self._text[: number.start] + candidate.other(place) + self._text[number.end :])
        after = [point for action in reading.actions for point in points_of(action)]
        if len(after) != len(self._points):
            return set()
        axis = candidate.axis(place)
        return {
            number
            for number, (old, new) in enumerate(zip(self._points, after, strict=True))
            if old[axis] != new[axis] and old[1 - axis] == new[1 - axis]
        }


def _candidates(found: Sequence[Number], points: Points, frame: Frame, target: Frame) -> list[_Candidate]:
    """Return the runs of two or four numbers that name a pixel, in the dialect's unit or in parts, as PyAutoGUI may."""
    units = (points, PARTS) if points.unit == "pixels" else (points,)
    candidates = []
    for first in range(len(found)):
        for length in (2, 4):
            run = tuple(found[first : first + length])
            if len(run) < length:
                break
            for unit in units:
                point = _pixel([each.written for each in run], unit, frame, target)
                if point is not None:
                    limits = (unit.last, unit.last) if unit.last is not None else unit.cells(frame).size
                    candidates.append(_Candidate(point, run, unit, (limits[0], limits[1])))
    return candidates


def _pixel(values: list[str], points: Points, frame: Frame, target: Frame) -> Point | None:
    """Return the pixel of the target that numbers name; None if they name none, or one that is moved to the edge."""
    places = PlaceReader(frame, target, points=points)
    try:
        point = places.point(values)
    except InvalidAction:
        return None
    return None if places.moved else point
