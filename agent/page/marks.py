"""What an action looks like on a screenshot: SVG shapes in screenshot pixels.

Each shape is drawn twice, a white halo under a coloured line, so that it shows on any screenshot. `style.css` gives the
line widths, in pixels of the page.
"""

import math
from collections.abc import Sequence

from handeye.actions.carry import points_of
from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Action, Click, Drag, LongPress, Move, Scroll, Zoom
from handeye.agent.decision import PointConfidence


def marks(action: Action, reach: float) -> str:
    """Return the shapes for `action`; empty for one without a place.

    `reach` is the radius of a target ring in pixels of the screenshot.
    """
    match action:
        case Click(point=point, count=count):
            return target(point, reach, rings=count)
        case LongPress(point=point) | Move(point=point):
            return target(point, reach)
        case Drag(path=path):
            return way(path, reach) + dot(path[0], reach)
        case Scroll(point=point, dx=dx, dy=dy):
            return scroll(point, dx, dy, reach)
        case Zoom(box=box):
            return rectangle(box)
        case _:
            return ""


def spreads(action: Action, confidence: Sequence[PointConfidence | None]) -> str:
    """Return an ellipse of one standard deviation around each point of an action of which it is known."""
    return "".join(
        f'<ellipse class="spread" cx="{x}" cy="{y}" rx="{sure.spread.x:.1f}" ry="{sure.spread.y:.1f}"/>'
        for (x, y), sure in zip(map(middle, points_of(action)), confidence, strict=False)
        if sure is not None
    )


def target(point: Point, reach: float, rings: int = 1) -> str:
    """Return a dot on the centre of the pixel with one ring around it per click."""
    x, y = middle(point)
    pulse = f'<circle class="wash pulse" cx="{x}" cy="{y}" r="{reach:g}"/>'
    circles = [f'cx="{x}" cy="{y}" r="{reach * (1 + ring * 0.5):g}"' for ring in range(rings)]
    halos = "".join(f'<circle class="halo" {circle}/>' for circle in circles)
    lines = "".join(f'<circle class="line" {circle}/>' for circle in circles)
    return pulse + halos + lines + dot(point, reach)


def dot(point: Point, reach: float) -> str:
    """Return the dot that marks a pixel."""
    x, y = middle(point)
    return f'<circle class="dot" cx="{x}" cy="{y}" r="{reach * 0.3:g}"/>'


def way(path: Sequence[Point], reach: float) -> str:
    """Return a line through the points, with an arrow head on the last."""
    points = " ".join(f"{x},{y}" for x, y in map(middle, path))
    return both("polyline", f'points="{points}"') + head(path[-2], path[-1], reach)


def head(before: Point, end: Point, reach: float) -> str:
    """Return the arrow head of a line that comes from `before`."""
    x, y = middle(end)
    angle = math.atan2(end.y - before.y, end.x - before.x)
    wings = [(x - reach * math.cos(angle + turn), y - reach * math.sin(angle + turn)) for turn in (-0.5, 0.5)]
    (ax, ay), (bx, by) = wings
    return both("polyline", f'points="{ax:.1f},{ay:.1f} {x},{y} {bx:.1f},{by:.1f}"')


def scroll(point: Point, dx: int, dy: int, reach: float) -> str:
    """Return a target with an arrow towards the content that comes into view."""
    length = math.hypot(dx, dy)
    if length == 0:
        return target(point, reach)
    end = Point(round(point.x + 3.5 * reach * dx / length), round(point.y + 3.5 * reach * dy / length))
    return way((point, end), reach) + target(point, reach)


def rectangle(box: Box) -> str:
    """Return the outline of a box, filled with a pale colour."""
    place = f'x="{box.left}" y="{box.top}" width="{box.size.width}" height="{box.size.height}"'
    return f'<rect class="wash" {place}/>' + both("rect", place)


def both(shape: str, attributes: str) -> str:
    """Return a shape as a halo with the line on top."""
    return f'<{shape} class="halo" {attributes}/><{shape} class="line" {attributes}/>'


def middle(point: Point) -> tuple[float, float]:
    """Return the centre of the pixel in the continuous coordinates of SVG."""
    return point.x + 0.5, point.y + 0.5
