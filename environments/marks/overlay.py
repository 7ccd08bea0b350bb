"""Numbered boxes on a screenshot.

Each mark is an outline in one of a few dark colours with a white line around it, so that it is visible on any
background, and a tag in the same colour with the number in white. A tag goes where it hides least: beside the box if
that is blank, else on a blank part of the box itself; on another box or on text only if there is no room, and on
another tag as the last resort.
"""

import io
import math
from collections.abc import Iterator, Sequence
from typing import cast

from PIL import Image, ImageDraw, ImageFont

from handeye.actions.geometry import Box, Size

_COLOURS = ("#c62828", "#1551b5", "#0a6e31", "#7b1fa2", "#a04800", "#00666e", "#ad1457", "#3a3f45")
"""All are dark enough for white digits; consecutive ones differ most."""
_SMALLEST, _LARGEST = 12, 40
_PART = 45
"""Digit height is the screenshot's shorter side divided by this, within these limits in px."""

_ON_TAG, _ON_OWN, _ON_OTHER = 2000.0, 30.0, 90.0
"""The cost of a tag that fully covers a tag, its own box or another box; text costs about 100 on this scale."""

_NOTHING = 1.0
"""A position that costs less than this is accepted without trying others."""


def draw_marks(image: Image.Image, boxes: Sequence[Box]) -> bytes:
    """Return a PNG of the screenshot with a numbered outline on each box, counted from 1."""
    canvas = image.convert("RGB")
    draw = ImageDraw.Draw(canvas)
    size = min(max(min(canvas.size) // _PART, _SMALLEST), _LARGEST)
    font = ImageFont.load_default(size)
    thickness = max(2, size // 7)
    for box in boxes:
        _outline(draw, box, thickness + 1, "white", 1)
    for index, box in enumerate(boxes):
        _outline(draw, box, thickness, _COLOURS[index % len(_COLOURS)], thickness)
    placed: list[Box] = []
    ground = image.convert("L")  # without the outlines, which are not text
    for index, box in enumerate(boxes):
        number = str(index + 1)
        left, top, right, bottom = font.getbbox(number)
        padding = max(1, size // 6)
        tag = Size(round(right - left) + 2 * padding + 2, round(bottom - top) + 2 * padding + 2)
        place = _best(box, tag, boxes, placed, ground)
        placed.append(place)
        draw.rectangle((place.left, place.top, place.right - 1, place.bottom - 1), "white")
        inner = (place.left + 1, place.top + 1, place.right - 2, place.bottom - 2)
        draw.rectangle(inner, _COLOURS[index % len(_COLOURS)])
        draw.text((place.left + 1 + padding - left, place.top + 1 + padding - top), number, "white", font)
    buffer = io.BytesIO()
    canvas.save(buffer, "PNG", compress_level=1)  # a larger file, but in a fraction of the time
    return buffer.getvalue()


def _outline(draw: ImageDraw.ImageDraw, box: Box, grown: int, colour: str, breadth: int) -> None:
    """Draw a line `grown` px outside the box, so that its content stays visible; at the screenshot's edges, inside."""
    width, height = draw.im.size
    left, top = max(box.left - grown, 0), max(box.top - grown, 0)
    right, bottom = min(box.right + grown, width) - 1, min(box.bottom + grown, height) - 1
    draw.rectangle((left, top, right, bottom), outline=colour, width=breadth)


def _best(box: Box, tag: Size, boxes: Sequence[Box], placed: Sequence[Box], ground: Image.Image) -> Box:
    """Return the position for the tag of `box` with the lowest cost; the first one if equal."""
    near = [other for other in boxes if other != box and _near(other, box, tag)]
    tags = [other for other in placed if _near(other, box, tag)]
    best, least = box, math.inf
    for place in _places(box, tag, Size(*ground.size)):
        cost = _cost(place, box, near, tags, ground)
        if cost < least:
            best, least = place, cost
        if least < _NOTHING:
            break
    return best


def _places(box: Box, tag: Size, size: Size) -> Iterator[Box]:
    """Yield possible positions for the tag, best first, moved into the screenshot: above, beside, below and within."""
    wide, high = tag
    middle = box.center.y - high // 2
    for left, top in (
        (box.left, box.top - high),
        (box.left - wide, box.top),
        (box.left - wide, middle),
        (box.right - wide, box.top - high),
        (box.right, middle),
        (box.right, box.top),
        (box.left, box.bottom),
        (box.right - wide, box.bottom),
        (box.right - wide, box.top),
        (box.left, box.top),
        (box.right - wide, box.bottom - high),
        (box.left, box.bottom - high),
        (box.right - wide, middle),
    ):
        inside_left = min(max(left, 0), max(size.width - wide, 0))
        inside_top = min(max(top, 0), max(size.height - high, 0))
        yield Box(inside_left, inside_top, inside_left + wide, inside_top + high)


def _cost(place: Box, own: Box, others: Sequence[Box], tags: Sequence[Box], ground: Image.Image) -> float:
    """Return how much a tag at this position would hide."""
    darkest, lightest = cast("tuple[int, int]", ground.crop(place).getextrema())  # of its only channel
    return (
        (lightest - darkest) / 2
        + _ON_OWN * _covered(place, own)
        + _ON_OTHER * max((_covered(place, other) for other in others), default=0.0)
        + _ON_TAG * sum(_covered(place, other) for other in tags)
    )


def _covered(place: Box, other: Box) -> float:
    """Return the part of `place` that lies on `other`."""
    wide = min(place.right, other.right) - max(place.left, other.left)
    high = min(place.bottom, other.bottom) - max(place.top, other.top)
    return max(wide, 0) * max(high, 0) / (place.size.width * place.size.height)


def _near(other: Box, box: Box, tag: Size) -> bool:
    """Return whether a tag beside `box` can touch `other`."""
    return (
        other.left < box.right + tag.width
        and box.left - tag.width < other.right
        and other.top < box.bottom + tag.height
        and box.top - tag.height < other.bottom
    )
