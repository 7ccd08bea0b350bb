"""Asking where something is, and reading the answer.

Qwen2.5-VL answers with pixels of the image as it saw it, mostly as JSON, `[{"bbox_2d": [x1, y1, x2, y2], "label": ""}]`
or `[{"point_2d": [x, y], "label": ""}]`, sometimes as XML, `<points x1="" y1="" alt="">`. Answers come in code fences,
with prose around them, or cut off; all places in them are read. Source: the spatial understanding cookbook
of the released models.
"""

import math
import re

from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.model.errors import UnreadableAnswer

_SLACK = 0.02
"""How far outside the image, as a fraction of its side, a point may lie and still be accepted."""

_NUMBER = r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*"
_PLACE = re.compile(
    rf"""["'](?:bbox_2d|bbox|box)["']\s*:\s*\[{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}\]"""
    rf"""|["'](?:point_2d|point)["']\s*:\s*\[{_NUMBER},{_NUMBER}\]"""
    rf"""|\bx\d*\s*=\s*["']{_NUMBER}["']\s+y\d*\s*=\s*["']{_NUMBER}["']"""
)
_NONE = re.compile(r"\[\s*\]")


def question(phrase: str) -> str:
    """Return the prompt that asks for the boxes of everything that a phrase describes."""
    return f"Locate {phrase.strip()}, output its bbox coordinates using JSON format."


def places(answer: str, seen: Size, size: Size) -> list[Box | Point]:
    """Read an answer in pixels of the image as the model saw it; return places in pixels of the image of `size`.

    Boxes are clipped to the image; points just outside are moved to its edge. An empty list, `[]`, is a valid answer.

    Raises:
        UnreadableAnswer: the answer contains no box or point, or all of them lie outside the image.
    """
    transform = Transform(Frame("model image", seen), Frame("image", size))
    matches = list(_PLACE.finditer(answer))
    found: list[Box | Point] = []
    for match in matches:
        numbers = [float(number) for number in match.groups() if number is not None]
        place = _box(numbers, seen) if len(numbers) == 4 else _point(numbers, seen)
        if isinstance(place, Box):
            found.append(transform.box(place))
        elif isinstance(place, Point):
            found.append(transform.point(place))
    if found or (not matches and _NONE.search(answer)):
        return found
    shown = " ".join(answer.split())[:200]
    if matches:
        raise UnreadableAnswer(f"the model named only places outside the image of {seen}: {shown!r}")
    raise UnreadableAnswer(f"the model's answer contains no box and no point: {shown!r}")


def _box(numbers: list[float], seen: Size) -> Box | None:
    """Return the box with ordered corners, clipped to the image; None if nothing is left."""
    left, right = sorted((numbers[0], numbers[2]))
    top, bottom = sorted((numbers[1], numbers[3]))
    box = Box(
        max(0, math.floor(left)),
        max(0, math.floor(top)),
        min(seen.width, max(math.ceil(right), math.floor(left) + 1)),
        min(seen.height, max(math.ceil(bottom), math.floor(top) + 1)),
    )
    return box if box.left < box.right and box.top < box.bottom else None


def _point(numbers: list[float], seen: Size) -> Point | None:
    """Return the point, moved to the edge if it lies just outside; None if it lies further out."""
    x, y = numbers
    across, down = _SLACK * seen.width, _SLACK * seen.height
    if not (-across <= x < seen.width + across and -down <= y < seen.height + down):
        return None
    return Frame("model image", seen).clamp(Point(math.floor(x), math.floor(y)))
