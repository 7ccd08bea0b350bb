"""Screenshots are written as PNG without a loss, and fast when little has changed."""

import io
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.desktop.png import PngEncoder


def colours(pixels: bytes, size: Size) -> bytes:
    return Image.frombytes("RGB", size, pixels, "raw", "BGRX").tobytes()


def decoded(png: bytes) -> bytes:
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        assert (image.format, image.mode) == ("PNG", "RGB")
        return image.tobytes()


@settings(max_examples=30, deadline=None)
@given(st.integers(), st.lists(st.tuples(st.integers(1, 70), st.integers(1, 130)), max_size=4))
def test_one_encoder_writes_any_screens_one_after_the_other(seed: int, sizes: list[tuple[int, int]]) -> None:
    random, encoder = Random(seed), PngEncoder()
    for width, height in sizes:
        size = Size(width, height)
        pixels = bytearray(random.randbytes(4 * width * height))
        for _ in range(3):
            assert decoded(encoder.encode(pixels, size)) == colours(bytes(pixels), size)
            pixels[len(pixels) // 2] ^= 255


def test_a_screen_of_one_colour_is_small() -> None:
    size = Size(1920, 1080)
    png = PngEncoder().encode(bytearray(b"\x10\x20\x30\x00" * (1920 * 1080)), size)
    assert len(png) < 60_000
    assert decoded(png)[:3] == b"\x30\x20\x10"


def test_what_has_not_changed_is_not_compressed_again() -> None:
    encoder, size = PngEncoder(), Size(64, 640)
    pixels = bytearray(64 * 640 * 4)
    first = encoder.encode(pixels, size)
    pixels[0] = 1  # in the uppermost strip
    second = encoder.encode(pixels, size)
    assert first[-200:-20] == second[-200:-20]
    assert first != second
