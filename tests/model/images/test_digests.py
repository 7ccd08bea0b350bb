"""Digests of images: those of what an image holds now, whatever was digested before."""

import gc
import hashlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from handeye.model.images.digests import Digests

MakeImage = Callable[..., Image.Image]


class Counted:
    """SHA-256, and how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0

    def sha256(self, data: bytes) -> "hashlib._Hash":
        self.begun += 1
        return hashlib.sha256(data)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    made = Counted()
    monkeypatch.setattr("handeye.model.images.digests.hashlib", made)
    return made


def expected(image: Image.Image, about: bytes = b"") -> bytes:
    return hashlib.sha256(about + image.tobytes()).digest()


def test_what_was_digested_before_is_not_digested_again(counted: Counted, noise: MakeImage) -> None:
    digests, images = Digests(), [noise(20, 30, seed) for seed in range(4)]
    for _ in range(3):
        assert [digests.of(image, b"x") for image in images] == [expected(image, b"x") for image in images]
    assert counted.begun == 4
    assert digests.of(images[0], b"y") == expected(images[0], b"y")
    assert counted.begun == 5


def by_a_pixel(image: Image.Image) -> None:
    image.putpixel((3, 4), (1, 2, 3))


def by_a_line(image: Image.Image) -> None:
    ImageDraw.Draw(image).line((0, 0, 9, 9), fill="red")


def by_pasting(image: Image.Image) -> None:
    image.paste((7, 7, 7), (0, 0, 5, 5))


@pytest.mark.parametrize("change", [by_a_pixel, by_a_line, by_pasting])
def test_an_image_that_was_drawn_upon(noise: MakeImage, change: Callable[[Image.Image], None]) -> None:
    digests, image = Digests(), noise(20, 30)
    before = digests.of(image, b"")
    change(image)
    assert digests.of(image, b"") == expected(image) != before
    assert digests.of(image, b"") == expected(image)


def test_an_image_that_is_drawn_upon_by_what_held_it_before(noise: MakeImage) -> None:
    image = noise(20, 30)
    pen, access = ImageDraw.Draw(image), image.load()
    assert access is not None
    digests = Digests()
    digests.of(image, b"")
    pen.point((1, 1), fill=(9, 8, 7))
    assert digests.of(image, b"") == expected(image)
    access[2, 2] = (4, 5, 6)
    assert digests.of(image, b"") == expected(image)


def test_an_image_that_ends_takes_its_pixels_along(counted: Counted, noise: MakeImage) -> None:
    digests = Digests()
    kept, gone = noise(20, 30), noise(20, 30, 1)
    for image in (kept, gone):
        digests.of(image, b"")
    del image, gone
    gc.collect()
    assert len(digests._seen) == 1
    assert digests.of(kept, b"") == expected(kept)
    assert counted.begun == 2


def test_the_images_that_were_not_asked_for_the_longest_go_first(counted: Counted, noise: MakeImage) -> None:
    images = [noise(20, 30, seed) for seed in range(3)]
    for digests in (Digests(most_images=2), Digests(most_bytes=2 * 20 * 30 * 3)):
        counted.begun = 0
        for number in (0, 1, 0, 2, 0):
            assert digests.of(images[number], b"") == expected(images[number])
        assert counted.begun == 3
        digests.of(images[1], b"")
        assert counted.begun == 4


def test_an_image_that_is_too_large_is_not_kept(counted: Counted, noise: MakeImage) -> None:
    digests, image = Digests(most_bytes=20 * 30 * 3 - 1), noise(20, 30)
    assert digests.of(image, b"") == digests.of(image, b"") == expected(image)
    assert (counted.begun, digests._seen) == (2, {})


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["ask", "draw", "end"])), max_size=40))
def test_a_digest_is_always_that_of_the_pixels(steps: list[tuple[int, str]]) -> None:
    digests = Digests(most_images=3)
    images = {number: Image.new("RGB", (4, 4), (number, 0, 0)) for number in range(5)}
    for turn, (number, what) in enumerate(steps):
        if what == "draw":
            images[number].putpixel((number % 4, turn % 4), (turn, turn, turn))
        elif what == "end":
            images[number] = Image.new("RGB", (4, 4), (0, number, 0))
        assert digests.of(images[number], b"about") == expected(images[number], b"about")
        assert len(digests._seen) <= 3
