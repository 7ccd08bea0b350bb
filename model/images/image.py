"""Converts images of any kind to what the model reads: 8-bit RGB, upright, of a valid size.

How unusual images are handled:

- transparency (alpha, premultiplied or not; a transparent colour of a palette or of grey): composited on white, as in
  the released processor;
- palette, grey, CMYK, YCbCr, LAB, HSV: converted to RGB;
- 16-bit grey: the upper eight bits (Pillow's own conversion would turn all but the darkest values white);
- EXIF orientation: a file is rotated upright, or left as it is if its EXIF cannot be read; an image in memory is used
  unchanged, so that the points of an answer are pixels of the image that the caller holds;
- animations: the first frame;
- 1x1 and other tiny images: enlarged to the smallest grid that the model reads;
- not an image, truncated, without pixels, more than `MAX_PIXELS`, one side more than `MAX_ASPECT` times the other,
  floating-point or 32-bit pixels, formats that another program would have to decode: `InvalidImage`.
"""

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import PIL.Image
from PIL.Image import Image, Transpose
from PIL.ImageFile import StubImageFile

from handeye.model.errors import InvalidImage

MAX_PIXELS = 80_000_000
"""Largest image that is opened: six times the pixels of the model's largest image."""
MAX_ASPECT = 200
"""Longest side divided by shortest side: the limit of the released processor."""

_WHITE = (255, 255, 255, 255)
_DEEP_GREY = ("I", "I;16", "I;16B", "I;16L", "I;16N")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What turns an image upright, by its EXIF orientation."""


def open_image(source: str | Path | bytes, on_pixels: Callable[[int], None] | None = None) -> Image:
    """Decode a file, or the bytes of one, to an upright RGB image.

    on_pixels: called with the number of pixels before they are decoded; it may raise.

    Raises:
        InvalidImage: there is no such file, or it is not an image that the model can read.
    """
    if isinstance(source, bytes):
        return _decode(io.BytesIO(source), "the image", on_pixels)
    text = str(source)
    name = text if text.isprintable() and text else repr(text)
    try:
        with Path(source).open("rb") as file:
            return _decode(file, name, on_pixels)
    except OSError as error:
        raise InvalidImage(f"{name} cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # NUL, or half a character
        raise InvalidImage(f"{name} cannot be opened: it is not the name of a file ({error})") from error


def to_rgb(image: Image, name: str = "the image") -> Image:
    """Return an image in memory as 8-bit RGB; the same object if it already is 8-bit RGB.

    Raises:
        InvalidImage: the image is too large, too long and narrow, damaged, or has pixels without a fixed range.
    """
    _require_size(image, name)
    with _decoding(name):
        image.load()
        if image.mode == "RGB" and "transparency" not in image.info:
            return image
        if image.mode == "F":
            raise InvalidImage(f"{name} has floating-point pixels, which have no fixed range: save it with 8 bits")
        if image.mode in _DEEP_GREY:
            return _upper_bits(image, name)
        if image.mode == "La":  # Pillow converts it to nothing else
            image = image.convert("LA")
        if image.has_transparency_data:
            layer = image.convert("RGBA")
            return PIL.Image.alpha_composite(PIL.Image.new("RGBA", layer.size, _WHITE), layer).convert("RGB")
        return image.convert("RGB")


def too_narrow(name: str, size: tuple[int, int]) -> str:
    """Return the message about an image that the released processor refuses for its shape."""
    return (
        f"{name} is {size[0]}x{size[1]}: one side is longer than {MAX_ASPECT} times the other, which the model cannot "
        "read; crop it"
    )


def _decode(file: BinaryIO, name: str, on_pixels: Callable[[int], None] | None) -> Image:
    try:
        with _decoding(name):
            image = PIL.Image.open(file)
    except PIL.UnidentifiedImageError:
        raise InvalidImage(f"{name} is not an image in a known format: give a PNG, JPEG or WebP") from None
    if image.format == "EPS" or isinstance(image, StubImageFile):
        raise InvalidImage(f"{name} is {image.format}, which only other programs can decode: give a PNG, JPEG or WebP")
    _require_size(image, name)  # before decoding: the header contains the size
    if on_pixels is not None:
        on_pixels(image.width * image.height)
    with _decoding(name):
        image.load()
        return to_rgb(_upright(image), name)


@contextmanager
def _decoding(name: str) -> Iterator[None]:
    """Turn what Pillow raises for broken data, which may be anything, into `InvalidImage`; drop its warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, and of sizes, for which `_require_size` is stricter
            yield
    except (InvalidImage, PIL.UnidentifiedImageError):
        raise
    except PIL.Image.DecompressionBombError:
        limit = min(MAX_PIXELS, 2 * (PIL.Image.MAX_IMAGE_PIXELS or MAX_PIXELS))
        raise InvalidImage(f"{name} has more than {limit:,} pixels: make it smaller") from None
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InvalidImage(f"{name} is damaged or truncated, or of a kind that cannot be decoded: {reason}") from error


def _upright(image: Image) -> Image:
    """Return a copy of a decoded file, turned as its EXIF says; unreadable EXIF says nothing."""
    try:
        orientation: object = image.getexif().get(_ORIENTATION)
        turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    except Exception:  # noqa: BLE001 (what Pillow raises for broken EXIF may be anything)
        turn = None
    return image.copy() if turn is None else image.transpose(turn)


def _require_size(image: Image, name: str) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise InvalidImage(f"{name} has no pixels: it is {width}x{height}")
    if width * height > MAX_PIXELS:
        raise InvalidImage(f"{name} is {width}x{height}, more than {MAX_PIXELS:,} pixels: make it smaller")
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise InvalidImage(too_narrow(name, image.size))


def _upper_bits(image: Image, name: str) -> Image:
    values = np.asarray(image).astype(np.int64)
    if image.mode != "I":
        values &= 0xFFFF  # some of these modes come as signed numbers
    low, high = values.min(), values.max()
    if not 0 <= low <= high <= 0xFFFF:
        raise InvalidImage(f"{name} has pixels beyond 16 bits ({low} to {high}): save it with 8 bits")
    grey = values >> 8
    if isinstance(clear := image.info.get("transparency"), int):
        grey[values == clear] = 0xFF  # white, on which transparent images are composited
    return PIL.Image.fromarray(grey.astype(np.uint8)).convert("RGB")
