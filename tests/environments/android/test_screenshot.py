"""Every form in which a phone sends its screen is read, and whatever is none is an error."""

import io
import struct
import zlib

import pytest
from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.android.screenshot import BadScreenshot, decoded

PICTURE = Image.new("RGB", (7, 5), (200, 100, 50))
PICTURE.putpixel((6, 4), (1, 2, 3))


def _png() -> bytes:
    buffer = io.BytesIO()
    PICTURE.save(buffer, "PNG")
    return buffer.getvalue()


def _raw(pixels: int = 1, header: int = 16) -> bytes:
    rgba = PICTURE.convert("RGBA")
    if pixels == 5:
        red, green, blue, alpha = rgba.split()
        rgba = Image.merge("RGBA", (blue, green, red, alpha))
    return struct.pack("<4I", 7, 5, pixels, 1)[:header] + rgba.tobytes()


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("pixels", [1, 2, 5])
@pytest.mark.parametrize("header", [12, 16])
def test_raw_pixels_behind_both_headers(pixels: int, header: int) -> None:
    png, size = decoded(_raw(pixels, header), "raw")
    assert size == Size(7, 5)
    assert Image.open(io.BytesIO(png)).tobytes() == PICTURE.tobytes()
    assert decoded(_gzip(_raw(pixels, header)), "gzip") == (png, size)


def test_a_png_is_kept_as_it_came() -> None:
    assert decoded(_png(), "png") == (_png(), Size(7, 5))


@pytest.mark.parametrize("length", range(0, 150, 7))
def test_what_broke_off_is_no_screenshot(length: int) -> None:
    for data, encoding in ((_png(), "png"), (_raw(), "raw"), (_gzip(_raw()), "gzip")):
        if length < len(data):
            with pytest.raises(BadScreenshot):
                decoded(data[:length], encoding)  # type: ignore[arg-type]


def test_the_phones_own_words_are_told() -> None:
    words = b"Failed to take screenshot. Status: -12\n"
    with pytest.raises(BadScreenshot, match="Failed to take screenshot"):
        decoded(words, "png")
    with pytest.raises(BadScreenshot):
        decoded(words, "raw")


def test_formats_and_sizes_that_cannot_be() -> None:
    with pytest.raises(BadScreenshot, match="format 4"):
        decoded(struct.pack("<4I", 7, 5, 4, 1) + bytes(70), "raw")
    with pytest.raises(BadScreenshot, match="0x5 pixels"):
        decoded(struct.pack("<4I", 0, 5, 1, 1) + bytes(70), "raw")


@pytest.mark.parametrize(
    "noise", [b"Failed to create //.cache: read-only\n", b"[Warning] Multiple displays\nSee -d.\n"]
)
def test_lines_before_a_picture_are_skipped(noise: bytes) -> None:
    for data, encoding in ((_png(), "png"), (_raw(), "raw"), (_raw(header=12), "raw"), (_gzip(_raw()), "gzip")):
        assert decoded(noise + data, encoding) == decoded(data, encoding)  # type: ignore[arg-type]
    assert decoded(_gzip(noise + _raw()), "gzip") == decoded(_raw(), "raw")
    assert decoded(noise + _png() + b"\nbye\n", "png") == decoded(_png(), "png")
