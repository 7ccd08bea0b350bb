"""Screenshots in a report: the part around an answer, and the whole, both small enough for hundreds on a page."""

import base64
import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from PIL import Image

from handeye.actions.geometry import Box
from handeye.evals.report.drawings.marks import Mark, around, drawing, free_corner
from handeye.evals.samples.region import Region

CLOSE: Final = 560
"""The longest side of the part around an answer, in pixels of the picture."""
WHOLE: Final = 260
"""The longest side of the whole screenshot."""
MOST: Final = 0.6
"""A part that covers more of the screenshot than this is shown as the whole."""
_QUALITY: Final = 72


def pictures(path: Path | None, region: Region | None, marks: Sequence[Mark], label: str) -> str:
    """Return the part around a target and the marks as HTML, and beside it the whole screenshot in small.

    `label` is the text for screen readers, escaped already. A screenshot that cannot be opened is said to be missing.
    """
    image = None if path is None else _opened(path)
    if image is None:
        return '<p class="gone">no screenshot</p>'
    whole = Box(0, 0, *image.size)
    inside = [mark for mark in marks if whole.contains(mark.point)]
    part = around(region, [mark.point for mark in inside], whole)
    if part.size.width * part.size.height > MOST * image.width * image.height:
        return f'<button class="close" aria-label="{label}">{_svg(image, whole, region, inside, CLOSE, label)}</button>'
    frame = f'<rect class="cut" x="{part.left}" y="{part.top}" width="{part.size.width}" height="{part.size.height}"/>'
    close = _svg(image, part, region, inside, CLOSE, label)
    far = _svg(image, whole, region, inside, WHOLE, "The whole screenshot", small=True, more=frame)
    corner = free_corner(part, region, [mark.point for mark in inside])
    return f'<button class="close" aria-label="{label}">{close}</button><button class="far {corner}">{far}</button>'


def _svg(
    image: Image.Image,
    part: Box,
    region: Region | None,
    marks: Sequence[Mark],
    side: int,
    label: str,
    *,
    small: bool = False,
    more: str = "",
) -> str:
    left, top, (width, height) = part.left, part.top, part.size
    place = f'x="{left}" y="{top}" width="{width}" height="{height}"'
    look = "tall" if height > width else "wide"
    return (
        f'<svg class="{look}" viewBox="{left} {top} {width} {height}" role="img" aria-label="{label}">'
        f'<image {place} preserveAspectRatio="none" href="{_encoded(image, part, side)}"/>'
        f"{more}{drawing(region, marks, part, small=small)}</svg>"
    )


def _encoded(image: Image.Image, part: Box, side: int) -> str:
    """Return a part of an image as WebP in a data URI, made smaller to fit a square of `side` pixels."""
    cut = image.crop(part)
    cut.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    cut.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


@lru_cache(maxsize=4)
def _opened(path: Path) -> Image.Image | None:
    """Return an image without transparency; None if it cannot be opened. The last few are kept."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
