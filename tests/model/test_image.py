"""What becomes of the images that are not plain 8-bit RGB."""

import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from handeye.model.errors import InvalidImage
from handeye.model.image import open_image, to_rgb


def encode(image: PIL.Image.Image, kind: str = "PNG", exif: PIL.Image.Exif | None = None) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({} if exif is None else {"exif": exif}))
    return buffer.getvalue()


def test_rgb_is_passed_through() -> None:
    image = PIL.Image.new("RGB", (3, 2), (1, 2, 3))
    assert to_rgb(image) is image


def test_transparency_is_laid_on_white() -> None:
    image = PIL.Image.new("RGBA", (2, 1), (10, 20, 30, 255))
    image.putpixel((1, 0), (10, 20, 30, 0))
    assert list(np.asarray(open_image(encode(image))).reshape(-1, 3).tolist()) == [[10, 20, 30], [255, 255, 255]]


def test_transparent_palette_is_laid_on_white() -> None:
    image = PIL.Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 200, 10, 10])
    image.putpixel((1, 0), 1)
    image.info["transparency"] = 0
    assert np.asarray(to_rgb(image)).reshape(-1, 3).tolist() == [[255, 255, 255], [200, 10, 10]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr", "LAB", "HSV", "RGBX", "RGBA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    assert to_rgb(PIL.Image.new(mode, (4, 3))).mode == "RGB"


def test_sixteen_bit_grey_keeps_its_upper_bits() -> None:
    grey = PIL.Image.fromarray(np.array([[0, 257, 32896, 65535]], dtype=np.uint16))
    for image in (open_image(encode(grey)), to_rgb(grey), to_rgb(grey.convert("I"))):
        assert np.asarray(image)[0, :, 0].tolist() == [0, 1, 128, 255]


def test_a_file_is_turned_upright_and_an_image_in_memory_is_not() -> None:
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    data = encode(PIL.Image.new("RGB", (40, 20)), "JPEG", exif)
    assert open_image(data).size == (20, 40)
    with PIL.Image.open(io.BytesIO(data)) as image:
        assert to_rgb(image).size == (40, 20)


def test_one_pixel_is_an_image() -> None:
    assert open_image(encode(PIL.Image.new("L", (1, 1)))).size == (1, 1)


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (PIL.Image.new("1", (20_000, 20_000)), "more than 80,000,000 pixels"),
        (PIL.Image.new("1", (9_000, 9_000)), "more than 80,000,000 pixels"),
        (PIL.Image.new("L", (2_010, 10)), "longer than 200 times its width"),
        (PIL.Image.new("L", (0, 7)), "has no pixels"),
        (PIL.Image.new("F", (4, 4)), "floating-point"),
        (PIL.Image.new("I", (4, 4), 70_000), "beyond 16 bits"),
        (PIL.Image.new("I", (4, 4), -1), "beyond 16 bits"),
    ],
)
def test_what_cannot_be_shown_is_refused(image: PIL.Image.Image, reason: str) -> None:
    with pytest.raises(InvalidImage, match=reason) as caught:
        to_rgb(image)
    assert "\n" not in str(caught.value)


def test_a_huge_file_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    PIL.Image.new("1", (20_000, 20_000)).save(path)
    with pytest.raises(InvalidImage, match="more than 80,000,000 pixels"):
        open_image(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.9])
def test_damaged_files_are_refused(kind: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encode(PIL.Image.fromarray(noise), kind)
    with pytest.raises(InvalidImage, match=r"damaged or truncated|not an image"):
        open_image(data[: int(part * len(data))])


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_text("<html></html>")
    with pytest.raises(InvalidImage, match=r"page\.png is not an image"):
        open_image(path)
    with pytest.raises(InvalidImage, match="No such file"):
        open_image(tmp_path / "none.png")
    with pytest.raises(InvalidImage, match="Is a directory"):
        open_image(tmp_path)
