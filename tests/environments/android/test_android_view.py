"""When two looks at a phone show the same."""

import io

import pytest
from PIL import Image, ImageDraw

from handeye.actions.geometry import Size
from handeye.environments.android_screenshot import Screenshot
from handeye.environments.android_status import parse_status
from handeye.environments.android_view import View

SIZE = Size(1080, 2400)
Box = tuple[int, int, int, int]


def view(*drawn: tuple[Box, str]) -> View:
    """Return a look at a white screen with boxes of a colour, whose right and lower edges are part of them."""
    image = Image.new("RGB", SIZE, "white")
    for box, colour in drawn:
        ImageDraw.Draw(image).rectangle(box, fill=colour)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return View(Screenshot(buffer.getvalue(), SIZE, 0.0), parse_status(""))


@pytest.mark.parametrize("place", [(0, 0), (401, 1203), (1074, 2310)])
def test_a_text_cursor_is_no_change(place: tuple[int, int]) -> None:
    x, y = place
    assert view(((x, y, x + 5, y + 89), "black")).shows_the_same_as(view())


@pytest.mark.parametrize(
    "drawn",
    [
        ((200, 300, 247, 347), "black"),  # a box that is ticked
        ((200, 300, 400, 300), "black"),  # a line below a field
        ((200, 300, 205, 700), "black"),  # a bar, too high for a cursor
    ],
)
def test_what_is_larger_than_a_cursor_is_a_change(drawn: tuple[Box, str]) -> None:
    assert not view(drawn).shows_the_same_as(view())


@pytest.mark.parametrize("colour", ["#e67300", "#e28300", "#e68305"])
def test_a_colour_of_nearly_the_same_brightness_is_a_change(colour: str) -> None:
    area = (200, 300, 319, 419)
    assert not view((area, "#e68300")).shows_the_same_as(view((area, colour)))


def test_another_size_is_a_change() -> None:
    turned = View(Screenshot(view().screenshot.png, Size(2400, 1080), 0.0), parse_status(""))
    assert not turned.shows_the_same_as(view())
