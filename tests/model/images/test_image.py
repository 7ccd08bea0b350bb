"""What becomes of the images that are not plain 8-bit RGB."""

import io
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from handeye.model.errors import InvalidImage
from handeye.model.images.image import open_image, to_rgb


def encode(image: PIL.Image.Image, kind: str = "PNG", exif: PIL.Image.Exif | None = None) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **({} if exif is None else {"exif": exif}))
    return buffer.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def grey_png(values: list[int], depth: int, transparent: int | None = None) -> bytes:
    """Write one row of grey values of 8 or 16 bits, one of which may be transparent."""
    row = b"\0" + b"".join(value.to_bytes(depth // 8, "big") for value in values)
    clear = b"" if transparent is None else chunk(b"tRNS", struct.pack(">H", transparent))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", len(values), 1, depth, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + clear + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")


def grey_tiff(values: np.ndarray, order: str) -> bytes:
    """Write 16-bit grey, `order` is > (big-endian) or <."""
    height, width = values.shape
    data = values.astype(f"{order}u2").tobytes()
    numbers = {256: width, 257: height, 258: 16, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(data)}
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in numbers.items())
    mark = b"MM\0*" if order == ">" else b"II*\0"
    directory = struct.pack(f"{order}H", len(numbers)) + entries + bytes(4)
    return mark + struct.pack(f"{order}I", 8 + len(data)) + data + directory


def reds(image: PIL.Image.Image) -> list[int]:
    return np.asarray(image)[..., 0].ravel().tolist()


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


def test_transparent_sixteen_bit_grey_is_laid_on_white() -> None:
    assert reds(open_image(grey_png([0, 300, 8192, 65535], 16, transparent=300))) == [0, 255, 32, 255]
    assert reds(open_image(grey_png([0, 300, 8192, 65535], 16))) == [0, 1, 32, 255]
    assert reds(open_image(grey_png([5, 9], 8, transparent=5))) == [255, 9]
    image = PIL.Image.fromarray(np.array([[300, 8192]], dtype=np.int32))
    image.info["transparency"] = 8192
    assert (image.mode, reds(to_rgb(image))) == ("I", [1, 255])


@pytest.mark.parametrize("order", ["<", ">"])
def test_sixteen_bit_tiffs_of_either_byte_order(order: str) -> None:
    values = np.array([[0, 256, 33000], [65535, 512, 4096]], dtype=np.uint16)
    assert reds(open_image(grey_tiff(values, order))) == [0, 1, 128, 255, 2, 16]


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I;16L", "I;16N"])
def test_sixteen_bits_in_memory(mode: str) -> None:
    data = np.array([[0x1234, 0xFEDC]], dtype=">u2" if mode == "I;16B" else "<u2").tobytes()
    assert reds(to_rgb(PIL.Image.frombytes(mode, (2, 1), data))) == [0x12, 0xFE]


def test_premultiplied_and_palette_alpha_is_laid_on_white() -> None:
    grey = PIL.Image.new("LA", (3, 1), (100, 255))
    grey.putpixel((1, 0), (100, 0))
    grey.putpixel((2, 0), (100, 128))
    assert reds(to_rgb(grey.convert("La"))) == pytest.approx([100, 255, 177], abs=1)
    palette = PIL.Image.new("PA", (2, 1))
    palette.putpalette([0, 0, 0, 200, 10, 10])
    palette.putpixel((0, 0), (1, 255))
    palette.putpixel((1, 0), (1, 0))
    assert reds(to_rgb(palette)) == [200, 255]
    colour = PIL.Image.new("RGBA", (1, 1), (10, 20, 30, 128))
    assert reds(to_rgb(colour.convert("RGBa"))) == pytest.approx(reds(to_rgb(colour)), abs=1)


@pytest.mark.parametrize("transparency", [0, b"\x00\x80", None])
@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "La", "PA", "P", "I", "I;16", "I;16B", "I;16L", "RGBX", "RGBA", "RGBa"]
)
def test_every_mode_becomes_rgb_or_is_refused(mode: str, transparency: object) -> None:
    image = PIL.Image.new(mode, (5, 4))
    if transparency is not None:
        image.info["transparency"] = transparency
    try:
        assert to_rgb(image).mode == "RGB"
    except InvalidImage as error:
        assert "\n" not in str(error)


def test_floating_point_pixels_are_refused_even_with_transparency() -> None:
    image = PIL.Image.new("F", (4, 4))
    image.info["transparency"] = 0
    with pytest.raises(InvalidImage, match="floating-point"):
        to_rgb(image)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_is_that_of_pillow(kind: str, orientation: int) -> None:
    from PIL import ImageOps

    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    noise = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    data = encode(PIL.Image.fromarray(noise), kind, exif)
    with PIL.Image.open(io.BytesIO(data)) as image:
        expected = ImageOps.exif_transpose(image)
    assert np.array_equal(np.asarray(open_image(data)), np.asarray(expected))


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0II*\0",
        b"junk that is no EXIF at all",
        b"II*\0\x08\0\0\0\xff\xff",
        b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\xff\xff\xff\xff\0\0\0\0",
        b"",
    ],
)
def test_unreadable_exif_is_ignored(exif: bytes) -> None:
    data = encode(PIL.Image.new("RGB", (9, 7), (1, 2, 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_image(data[:33] + chunk(b"eXIf", exif) + data[33:]).size == (9, 7)


def test_an_orientation_among_broken_entries_is_kept() -> None:
    """One good entry, and one whose value lies outside of the data."""
    good, bad = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0), struct.pack(">HHII", 0x010F, 2, 90, 70_000)
    exif = b"MM\0*" + struct.pack(">IH", 8, 2) + bad + good + bytes(4)
    data = encode(PIL.Image.new("RGB", (9, 7)))
    assert open_image(data[:33] + chunk(b"eXIf", exif) + data[33:]).size == (7, 9)


def test_animations_show_their_first_frame() -> None:
    frames = [PIL.Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
        assert open_image(buffer.getvalue()).getpixel((3, 3))[0] > 200  # type: ignore[index]


def test_a_file_that_another_program_would_have_to_decode_is_refused() -> None:
    data = encode(PIL.Image.new("RGB", (8, 8)), "EPS")
    with pytest.raises(InvalidImage, match="is EPS, which only other programs can decode"):
        open_image(data)


@pytest.mark.parametrize("name", ["a\0b.png", "half\ud800.png", "a\nb.png", "x" * 5000 + ".png", ""])
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(InvalidImage, match="cannot be opened") as caught:
        open_image(name)
    assert "\n" not in str(caught.value)


def test_a_truncated_image_in_memory_is_refused() -> None:
    data = encode(PIL.Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)))
    with PIL.Image.open(io.BytesIO(data[: len(data) // 2])) as image, pytest.raises(InvalidImage, match="damaged"):
        to_rgb(image)


def test_the_limit_that_a_program_has_set_is_the_one_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(InvalidImage, match="has more than 2,000 pixels"):
        open_image(encode(PIL.Image.new("L", (60, 60))))


def test_the_shape_that_the_reference_refuses_is_refused(
    reference_processor: Callable[..., object],
) -> None:
    for size in [(2000, 10), (10, 2000), (201, 1), (2001, 10), (1, 201), (200, 1)]:
        image = PIL.Image.new("RGB", size)
        try:
            reference_processor(images=[image])
        except ValueError:
            with pytest.raises(
                InvalidImage, match=f"is {size[0]}x{size[1]}: one side is longer than 200 times the oth"
            ):
                to_rgb(image)
        else:
            assert to_rgb(image) is image


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
        (PIL.Image.new("L", (2_010, 10)), r"is 2010x10: one side is longer than 200 times the other.*crop it"),
        (PIL.Image.new("L", (7, 1_401)), "is 7x1401: one side is longer than 200 times the other"),
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


@pytest.mark.slow
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


@pytest.mark.parametrize("kind", ["AVIF", "DDS", "TIFF", "ICO", "TGA", "JPEG2000", "PCX", "SGI", "GIF", "PNG"])
def test_whatever_is_broken_is_either_read_or_refused(kind: str) -> None:
    """Dozens of damaged files of each kind: no other exception, and one line."""
    noise = np.random.default_rng(0).integers(0, 256, (48, 48, 3), dtype=np.uint8)
    data = encode(PIL.Image.fromarray(noise).convert("P" if kind == "GIF" else "RGB"), kind)
    random = np.random.default_rng(1)
    for _ in range(40):
        broken = bytearray(data)
        for place in random.integers(0, min(len(data), 400), size=random.integers(1, 6)):
            broken[place] = random.integers(0, 256)
        if random.random() < 0.3:
            del broken[random.integers(8, len(data)) :]
        try:
            assert open_image(bytes(broken)).mode == "RGB"
        except InvalidImage as error:
            assert "\n" not in str(error)


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_text("<html></html>")
    with pytest.raises(InvalidImage, match=r"page\.png is not an image"):
        open_image(path)
    with pytest.raises(InvalidImage, match="No such file"):
        open_image(tmp_path / "none.png")
    with pytest.raises(InvalidImage, match="Is a directory"):
        open_image(tmp_path)
