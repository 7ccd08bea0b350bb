"""Where an answer counts as right: rectangles or a polygon on an image."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from handeye.actions.geometry import Point


class Spot(NamedTuple):
    """A place on an image, in pixels, which need not be whole."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon. All edges belong to it, as in the reference scripts of ScreenSpot.

    Corners are in pixels of the image, from its left upper corner; they need not be whole.
    """

    corners: tuple[Spot, ...]

    @classmethod
    def box(cls, left: float, top: float, right: float, bottom: float) -> "Region":
        """Return a rectangle. Reversed edges are sorted."""
        left, right = sorted((left, right))
        top, bottom = sorted((top, bottom))
        return cls((Spot(left, top), Spot(right, top), Spot(right, bottom), Spot(left, bottom)))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The left, top, right and bottom edge of the rectangle around it."""
        xs, ys = [spot.x for spot in self.corners], [spot.y for spot in self.corners]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def area(self) -> float:
        """Its area in square pixels."""
        edges = self._edges()
        return abs(sum(a.x * b.y - b.x * a.y for a, b in edges)) / 2

    def contains(self, x: float, y: float) -> bool:
        """Return whether a place lies in it or on its edge."""
        left, top, right, bottom = self.bounds
        if not (left <= x <= right and top <= y <= bottom):
            return False
        if self._is_box():
            return True
        return self.distance(x, y) == 0

    def distance(self, x: float, y: float) -> float:
        """Return how far a place is from it, in pixels; 0 in it and on its edge."""
        edges = self._edges()
        nearest = min(_to_edge(x, y, a, b) for a, b in edges)
        return 0.0 if nearest < 1e-9 or _surrounded(x, y, edges) else nearest

    def inside(self) -> Point:
        """Return a whole pixel in it, near its middle where that is inside; the nearest pixel if it holds none."""
        left, top, right, bottom = self.bounds
        middle = Point(round((left + right) / 2), round((top + bottom) / 2))
        if self.contains(*middle):
            return middle
        rows = range(math.ceil(top), math.floor(bottom) + 1)
        columns = range(math.ceil(left), math.floor(right) + 1)
        found = (Point(x, y) for y in rows for x in columns if self.contains(x, y))
        return next(found, Point(math.floor(left), math.floor(top)))

    def _edges(self) -> list[tuple[Spot, Spot]]:
        return list(zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True))

    def _is_box(self) -> bool:
        left, top, right, bottom = self.bounds
        whole = (Spot(left, top), Spot(right, top), Spot(right, bottom), Spot(left, bottom))
        return self.corners == whole


def _to_edge(x: float, y: float, a: Spot, b: Spot) -> float:
    """Return the distance of a place from a line between two corners."""
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, ((x - a.x) * dx + (y - a.y) * dy) / length))
    return math.hypot(x - a.x - along * dx, y - a.y - along * dy)


def _surrounded(x: float, y: float, edges: list[tuple[Spot, Spot]]) -> bool:
    """Return whether a line from a place to the right crosses the edges an odd number of times."""
    crossed = False
    for a, b in edges:
        if (a.y > y) != (b.y > y) and x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x:
            crossed = not crossed
    return crossed
