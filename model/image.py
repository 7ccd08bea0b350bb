"""Converts images of any kind to what the model reads: 8-bit RGB, upright, of a valid size.

How unusual images are handled:

- transparency (RGBA, LA, palette with a transparent colour): composited on white, as in the released processor;
- palette, grey, CMYK, YCbCr, LAB, HSV: converted to RGB;
- 16-bit grey: the upper eight bits (Pillow's own conversion would turn all but the darkest values white);
- EXIF orientation: a file is rotated upright; an image in memory is used unchanged, so that the points of an
  answer are pixels of the image that the caller holds;
- animations: the first frame;
- 1x1 and other tiny images: enlarged to the smallest grid that the model reads;
- not an image, truncated, without pixels, more than `MAX_PIXELS`, longer than `MAX_ASPECT` times its width,
  floating-point or 32-bit pixels: `InvalidImage`.
"""

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import PIL.Image
from PIL import ImageOps
from PIL.Image import Image

from handeye.model.errors import InvalidImage

MAX_PIXELS = 80_000_000
"""Largest image that is opened: six times the pixels of the model's largest image."""
MAX_ASPECT = 200
"""Longest side divided by shortest side: the limit of the released processor."""

_WHITE = (255, 255, 255, 255)
_DEEP_GREY = ("I", "I;16", "I;16B", "I;16L")


def open_image(source: str | Path | bytes) -> Image:
    """Decode a file, or the bytes of one, to an upright RGB image.

    Raises:
        InvalidImage: there is no such file, or it is not an image that the model can read.
    """
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), "the image")
    try:
        with Path(source).open("rb") as file:
            return _decode(file, str(source))
    except OSError as error:
        raise InvalidImage(f"{source} cannot be opened: {error.strerror}") from error


def to_rgb(image: Image, name: str = "the image") -> Image:
    """Return an image in memory as 8-bit RGB; the same object if it already is 8-bit RGB.

    Raises:
        InvalidImage: the image is too large, too long and narrow, or has pixels without a fixed range.
    """
    _require_size(image, name)
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return PIL.Image.alpha_composite(PIL.Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")
    if image.mode in _DEEP_GREY:
        return _upper_bits(image, name)
    if image.mode == "F":
        raise InvalidImage(f"{name} has floating-point pixels, which have no fixed range: save it with 8 bits")
    return image.convert("RGB")


def _decode(file: BinaryIO, name: str) -> Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)  # the limit below is the stricter one
            image = PIL.Image.open(file)
        _require_size(image, name)  # before decoding: the header contains the size
        upright = ImageOps.exif_transpose(image)
    except PIL.UnidentifiedImageError:
        raise InvalidImage(f"{name} is not an image in a known format: give a PNG, JPEG or WebP") from None
    except PIL.Image.DecompressionBombError:
        raise InvalidImage(f"{name} has more than {MAX_PIXELS:,} pixels: make it smaller") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # raised by Pillow's decoders for broken data
        raise InvalidImage(f"{name} is damaged or truncated: {error}") from error
    return to_rgb(upright, name)


def _require_size(image: Image, name: str) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise InvalidImage(f"{name} has no pixels: it is {width}x{height}")
    if width * height > MAX_PIXELS:
        raise InvalidImage(f"{name} is {width}x{height}, more than {MAX_PIXELS:,} pixels: make it smaller")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise InvalidImage(f"{name} is {width}x{height}, longer than {MAX_ASPECT} times its width: crop it")


def _upper_bits(image: Image, name: str) -> Image:
    values = np.asarray(image)
    low, high = image.getextrema()
    if not 0 <= low <= high <= 0xFFFF:  # type: ignore[operator]
        raise InvalidImage(f"{name} has pixels beyond 16 bits ({low} to {high}): save it with 8 bits")
    return PIL.Image.fromarray((values >> 8).astype(np.uint8)).convert("RGB")
