"""Resizes images for the model.

The pixels are Pillow's, because the released weights were trained on pixels from Pillow's bicubic filter, and other
implementations differ by up to 15 of 255 steps. So Pillow does the arithmetic, and this module only runs each of the
filter's two passes on several cores. A pass treats every row (or column) separately, so bands of them can be resized
independently with a bit-identical result, as long as the order of the passes is Pillow's.

On a GPU, `handeye.model.images.resample` does the same arithmetic.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import PIL
import PIL.Image
from PIL.Image import Image, Resampling

from handeye.actions.geometry import Size
from handeye.model.errors import InvalidImage
from handeye.model.images.image import MAX_ASPECT, too_narrow

Axis = Literal["horizontal", "vertical"]

_KNOWN = (11, 12, 13)
"""Major versions of Pillow with a known order of passes."""
_BAND = 64
"""The minimum number of rows or columns in a band that is worth a thread."""


def smart_resize(size: Size, factor: int, min_pixels: int, max_pixels: int) -> Size:
    """Return the size nearest to `size` whose sides are multiples of `factor` and whose area lies within the limits.

    Exactly the rule of the released processor: first Python's rounding (half to even); if the area is outside the
    limits, scaling down rounds down and scaling up rounds up.

    Raises:
        InvalidImage: the longer side is more than `MAX_ASPECT` times the shorter.
    """
    width, height = size
    if min(size) < 1 or max(size) > MAX_ASPECT * min(size):
        raise InvalidImage(too_narrow("the image", size))
    new_width, new_height = round(width / factor) * factor, round(height / factor) * factor
    if new_width * new_height > max_pixels:
        shrink = math.sqrt(width * height / max_pixels)
        new_width = max(factor, math.floor(width / shrink / factor) * factor)
        new_height = max(factor, math.floor(height / shrink / factor) * factor)
    elif new_width * new_height < min_pixels:
        grow = math.sqrt(min_pixels / (width * height))
        new_width = math.ceil(width * grow / factor) * factor
        new_height = math.ceil(height * grow / factor) * factor
    return Size(new_width, new_height)


def resize(image: Image, size: Size, threads: int, resample: Resampling = Resampling.BICUBIC) -> Image:
    """Return exactly the pixels of `image.resize(size, resample)`, bicubic using up to `threads` cores.

    An image that has the size already is returned itself.
    """
    if image.size == size:
        return image
    if threads == 1 or resample is not Resampling.BICUBIC or not passes_are_known():
        return image.resize(size, resample)
    with ThreadPoolExecutor(threads) as pool:
        for axis in passes(Size(*image.size), size):
            image = _one_pass(image, axis, size, pool, threads)
    return image


def passes_are_known() -> bool:
    """Tell whether this is a version of Pillow whose order of passes `passes` knows."""
    return int(PIL.__version__.split(".")[0]) in _KNOWN


def passes(source: Size, target: Size) -> tuple[Axis, Axis]:
    """Return the order of Pillow's passes. The first one rounds to bytes, so the order affects the pixels.

    Up to version 12 the horizontal pass is always first; since 13 the vertical pass is first if the height shrinks by
    more than twice as much as the width.
    """
    lower, narrower = source.height - target.height, source.width - target.width
    if int(PIL.__version__.split(".")[0]) >= 13 and lower > max(0, 2 * narrower):
        return "vertical", "horizontal"
    return "horizontal", "vertical"


def _one_pass(image: Image, axis: Axis, target: Size, pool: ThreadPoolExecutor, threads: int) -> Image:
    width, height = image.size
    along = axis == "horizontal"  # the axis that is resized; bands divide the other one
    result = PIL.Image.new(image.mode, (target.width, height) if along else (width, target.height))
    if result.size == image.size:
        return image
    across = height if along else width
    count = max(1, min(threads, across // _BAND))

    def fill(band: int) -> None:
        start, stop = band * across // count, (band + 1) * across // count
        if along:
            part = image.crop((0, start, width, stop)).resize((target.width, stop - start), Resampling.BICUBIC)
            result.paste(part, (0, start))
        else:
            part = image.crop((start, 0, stop, height)).resize((stop - start, target.height), Resampling.BICUBIC)
            result.paste(part, (start, 0))

    list(pool.map(fill, range(count)))  # list: waits for all, and raises their exceptions
    return result
