"""A target and the places that were pointed at, drawn on a screenshot in its own pixels."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from handeye.actions.geometry import Box, Point
from handeye.agent.page.marks import both, target
from handeye.evals.samples.region import Region, Spot


class Mark(NamedTuple):
    """A place that an answer points at."""

    point: Point
    look: str = "a"
    """The class of its colour: "a" or "b"."""


def drawing(region: Region | None, marks: Sequence[Mark], shown: Box, *, small: bool = False) -> str:
    """Return the SVG shapes of a target and of marks; `shown` is the part of the screenshot that they are drawn on."""
    reach = max(shown.size) / (28 if small else 40)
    parts = ""
    if region is not None:
        corners = " ".join(f"{spot.x:g},{spot.y:g}" for spot in region.corners)
        shape = f'points="{corners}"'
        parts += f'<g class="marks aim"><polygon class="wash" {shape}/>{both("polygon", shape)}</g>'
    for mark in marks:
        way = "" if small or region is None else _way(region, mark.point)
        parts += f'<g class="marks {mark.look}">{way}{target(mark.point, reach)}</g>'
    return parts


def around(region: Region | None, points: Sequence[Point], whole: Box) -> Box:
    """Return the part of a screenshot that shows a target and points, with something of what is around them.

    It is at least a seventh of each side and 240 x 160 pixels, or the whole where that is smaller, and about 3 to 2.
    """
    spots = [Spot(*point) for point in points] + ([] if region is None else list(region.corners))
    if not spots:
        return whole
    left, right = min(spot.x for spot in spots), max(spot.x for spot in spots)
    top, bottom = min(spot.y for spot in spots), max(spot.y for spot in spots)
    width = max(1.5 * (right - left), 240.0, whole.right / 7)
    height = max(1.5 * (bottom - top), 160.0, whole.bottom / 7)
    width, height = max(width, 1.5 * height), max(height, width / 1.5)
    x, across = _within((left + right) / 2, width, whole.right)
    y, down = _within((top + bottom) / 2, height, whole.bottom)
    return Box(x, y, x + across, y + down)


def free_corner(part: Box, region: Region | None, points: Sequence[Point]) -> str:
    """Return the corner of a part of a screenshot that hides least of a target and of points: "s e", "n w" and so on.

    A corner is two fifths of the width and of the height.
    """
    wide, high = part.size.width * 0.4, part.size.height * 0.4
    corners = {
        "s e": (part.right - wide, part.bottom - high),
        "s w": (part.left, part.bottom - high),
        "n e": (part.right - wide, part.top),
        "n w": (part.left, part.top),
    }
    hidden = {}
    for name, (left, top) in corners.items():
        count = sum(left <= point.x <= left + wide and top <= point.y <= top + high for point in points)
        over = 0.0
        if region is not None:
            a, b, c, d = region.bounds
            across = max(0.0, min(c, left + wide) - max(a, left))
            over = across * max(0.0, min(d, top + high) - max(b, top)) / (wide * high)
        hidden[name] = count + over
    return min(hidden, key=lambda name: hidden[name])


def nearest(region: Region, x: float, y: float) -> Spot:
    """Return the place on the edge of a region that is nearest to a place."""
    corners = region.corners
    spots = [_on_edge(x, y, a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
    return min(spots, key=lambda spot: math.hypot(spot.x - x, spot.y - y))


def _way(region: Region, point: Point) -> str:
    """Return the dashed line from a point to a target that it misses."""
    if region.contains(*point):
        return ""
    end = nearest(region, *point)
    line = f'points="{point.x + 0.5:g},{point.y + 0.5:g} {end.x:g},{end.y:g}"'
    return f'<polyline class="halo" {line}/><polyline class="line way" {line}/>'


def _within(middle: float, length: float, side: int) -> tuple[int, int]:
    """Return where a stretch around a place begins, and how long it is, so that it stays on the screenshot."""
    taken = min(math.ceil(length), side)
    return min(max(0, round(middle - taken / 2)), side - taken), taken


def _on_edge(x: float, y: float, a: Spot, b: Spot) -> Spot:
    dx, dy = b.x - a.x, b.y - a.y
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, ((x - a.x) * dx + (y - a.y) * dy) / length))
    return Spot(a.x + along * dx, a.y + along * dy)
