"""What `screencap` writes, read and checked.

`screencap` writes raw pixels after a header of 12 bytes (up to Android 8) or 16: width, height, format and, since then,
the colour space. Source: frameworks/base/cmds/screencap. Drivers and the shell may write lines before it, which are
skipped. A failed screenshot is an error and never a black picture.
"""

import io
import re
import struct
import zlib
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.errors import EnvironmentLost

Encoding = Literal["png", "gzip", "raw"]
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_PIXELS = {1: "RGBA", 2: "RGBX", 5: "BGRA"}
"""Pillow's names for the formats in android.graphics.PixelFormat with 4 bytes per pixel."""
_LARGEST = 32_768
_GZIP = b"\x1f\x8b\x08"
_MOST_NOISE = 65_536
"""Bytes before a picture within which it is looked for."""


class BadScreenshot(EnvironmentLost):
    """The phone did not send a screenshot."""


@dataclass(frozen=True)
class Screenshot:
    """One picture of the screen."""

    png: bytes
    size: Size
    time: float
    """When it was requested, in seconds since 1970."""

    def image(self) -> Image.Image:
        """Decode it: RGB."""
        with Image.open(io.BytesIO(self.png)) as image:
            return image.convert("RGB")


def decoded(data: bytes, encoding: Encoding) -> tuple[bytes, Size]:
    """Return the received picture as PNG, and its size. Raises `BadScreenshot`."""
    if encoding == "png":
        return _from_png(data)
    if encoding == "gzip":
        start = data.find(_GZIP, 0, _MOST_NOISE)
        try:
            data = zlib.decompress(data[max(start, 0) :], zlib.MAX_WBITS | 16)
        except zlib.error as error:
            raise BadScreenshot(f"the screenshot arrived damaged: {error}") from None
    return _from_raw(data)


def _from_png(data: bytes) -> tuple[bytes, Size]:
    start = data.find(_PNG, 0, _MOST_NOISE)
    if start < 0 or len(data) < start + 24:
        raise BadScreenshot(f"the phone sent something other than a screenshot: {_excerpt(data)}")
    end = data.rfind(_PNG_END)
    if end < 0:
        raise BadScreenshot(f"the screenshot was cut off after {len(data)} bytes")
    png = data[start : end + len(_PNG_END)]
    return png, _checked(*struct.unpack(">II", png[16:24]))


def _from_raw(data: bytes) -> tuple[bytes, Size]:
    starts = [0, *(match.end() for match in re.finditer(rb"\n", data[:_MOST_NOISE]))]
    problem: BadScreenshot | None = None
    for start in starts:
        try:
            return _from_header(memoryview(data)[start:])
        except BadScreenshot as error:
            problem = problem or error  # of the beginning: later ones are of bytes that are no header
    raise problem or BadScreenshot(f"the phone sent something other than a screenshot: {_excerpt(data)}")


def _from_header(data: memoryview) -> tuple[bytes, Size]:
    if len(data) < 16:
        raise BadScreenshot(f"the phone sent something other than a screenshot: {_excerpt(bytes(data))}")
    width, height, pixels = struct.unpack_from("<III", data)
    if pixels not in _PIXELS:
        raise BadScreenshot(f"the phone sent pixels in an unknown format {pixels}: {_excerpt(bytes(data[:200]))}")
    size = _checked(width, height)
    header = len(data) - width * height * 4
    if header not in (12, 16):
        raise BadScreenshot(f"the screenshot was cut off: {len(data)} bytes for {size} pixels")
    image = Image.frombuffer("RGBA", size, bytes(data[header:]), "raw", _PIXELS[pixels].replace("X", "A"), 0, 1)
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "PNG", compress_level=1)
    return buffer.getvalue(), size


def _checked(width: int, height: int) -> Size:
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        raise BadScreenshot(f"the phone reports a screen of {width}x{height} pixels")
    return Size(width, height)


def _excerpt(data: bytes) -> str:
    return " ".join(data[:200].decode(errors="replace").split()) or "nothing"
