"""Phone screenshots: taken by `screencap`, checked, and as fast as the phone and the connection allow.

`screencap` writes raw pixels after a header of 12 bytes (up to Android 8) or 16: width, height, format and, since then,
the colour space. Source: frameworks/base/cmds/screencap. A failed screenshot is an error and never a black picture.
"""

import io
import struct
import time
import zlib
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.android.link import CALL_SECONDS, AdbLink, AdbStream
from handeye.environments.errors import EnvironmentLost

Encoding = Literal["png", "gzip", "raw"]
_SERVICES: dict[Encoding, str] = {
    "png": "exec:screencap -p 2>/dev/null",
    "gzip": "exec:screencap 2>/dev/null | gzip -1",
    "raw": "exec:screencap 2>/dev/null",
}
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"
_PIXELS = {1: "RGBA", 2: "RGBX", 5: "BGRA"}
"""Pillow's names for the formats in android.graphics.PixelFormat with 4 bytes per pixel."""
_LARGEST = 32_768


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


class Camera:
    """Takes screenshots of one phone. The first ones try each encoding, and the fastest is kept.

    Which one is fastest depends on the phone's processor and the connection: a slow phone takes up to two seconds for a
    PNG, and a slow network as long for 10 MB of raw pixels.
    """

    def __init__(self, link: AdbLink, serial: str, encoding: Encoding | None = None) -> None:
        """`encoding` is the one found fastest for this phone before; None to try all."""
        self._link = link
        self._serial = serial
        self._encoding = encoding
        self.seconds: dict[Encoding, float] = {}
        """How long each encoding took when it was tried, in seconds."""

    @property
    def encoding(self) -> Encoding | None:
        """The chosen encoding; None before the first screenshot."""
        return self._encoding

    def start(self) -> "Exposure":
        """Request a screenshot; `Exposure.finish` returns it. Raises `EnvironmentLost`."""
        if self._encoding is None:
            self._encoding = self._measured()
        return Exposure(self._link, self._serial, self._encoding)

    def take(self) -> Screenshot:
        """Take a screenshot. Raises `EnvironmentLost`."""
        return self.start().finish()

    def _measured(self) -> Encoding:
        problem = EnvironmentLost("the phone did not return a screenshot")
        for encoding in _SERVICES:
            began = time.monotonic()
            try:
                Exposure(self._link, self._serial, encoding).finish()
            except BadScreenshot as error:
                problem = error  # for example, a phone without gzip
                continue
            self.seconds[encoding] = time.monotonic() - began
        if not self.seconds:
            raise problem
        return min(self.seconds, key=lambda encoding: self.seconds[encoding])


class Exposure:
    """A screenshot in progress."""

    def __init__(self, link: AdbLink, serial: str, encoding: Encoding) -> None:
        self._link = link
        self._serial = serial
        self._encoding = encoding
        self._time = time.time()
        self._stream: AdbStream = link.start(serial, _SERVICES[encoding], CALL_SECONDS)

    def finish(self) -> Screenshot:
        """Wait for it. Raises `BadScreenshot` with the phone's own message, and `EnvironmentLost`."""
        with self._stream as stream:
            data = stream.rest()
        if not data:
            said = self._link.shell(self._serial, "screencap -p >/dev/null").said
            raise BadScreenshot(f"the phone did not return a screenshot: {said or 'the command printed nothing'}")
        png, size = decoded(data, self._encoding)
        return Screenshot(png, size, self._time)

    def cancel(self) -> None:
        """Cancel it."""
        self._stream.close()


def decoded(data: bytes, encoding: Encoding) -> tuple[bytes, Size]:
    """Return the received picture as PNG, and its size. Raises `BadScreenshot`."""
    if encoding == "png":
        return data, _png_size(data)
    if encoding == "gzip":
        try:
            data = zlib.decompress(data, zlib.MAX_WBITS | 16)
        except zlib.error as error:
            raise BadScreenshot(f"the screenshot arrived damaged: {error}") from None
    return _from_raw(data)


def _png_size(data: bytes) -> Size:
    if not data.startswith(_PNG) or len(data) < 24:
        raise BadScreenshot(f"the phone sent something other than a screenshot: {_excerpt(data)}")
    if not data.endswith(_PNG_END):
        raise BadScreenshot(f"the screenshot was cut off after {len(data)} bytes")
    return _checked(*struct.unpack(">II", data[16:24]))


def _from_raw(data: bytes) -> tuple[bytes, Size]:
    if len(data) < 16:
        raise BadScreenshot(f"the phone sent something other than a screenshot: {_excerpt(data)}")
    width, height, pixels = struct.unpack_from("<III", data)
    if pixels not in _PIXELS:
        raise BadScreenshot(f"the phone sent pixels in an unknown format {pixels}")
    size = _checked(width, height)
    header = len(data) - width * height * 4
    if header not in (12, 16):
        raise BadScreenshot(f"the screenshot was cut off: {len(data)} bytes for {size} pixels")
    image = Image.frombuffer("RGBA", size, data[header:], "raw", _PIXELS[pixels].replace("X", "A"), 0, 1)
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "PNG", compress_level=1)
    return buffer.getvalue(), size


def _checked(width: int, height: int) -> Size:
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
        raise BadScreenshot(f"the phone reports a screen of {width}x{height} pixels")
    return Size(width, height)


def _excerpt(data: bytes) -> str:
    return " ".join(data[:200].decode(errors="replace").split()) or "nothing"
