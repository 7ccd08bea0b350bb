"""A picture like a screenshot, with targets whose places are known."""

from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from handeye.actions.geometry import Box, Size

SIZE = Size(1920, 1080)
"""In pixels."""
_BACK, _BAR, _WINDOW, _LINE, _TEXT = (226, 230, 236), (58, 64, 74), (250, 250, 250), (206, 210, 216), (40, 44, 52)


class Target(NamedTuple):
    """Something to point at."""

    phrase: str
    """What it is called in a question."""
    box: Box
    """In pixels of the picture."""
    fill: tuple[int, int, int]
    """Red, green and blue, from 0 to 255."""
    label: str = ""


TARGETS = (
    Target("the red button", Box(1500, 150, 1740, 214), (214, 32, 32)),
    Target("the green button", Box(180, 860, 420, 940), (24, 150, 52)),
    Target("the blue button", Box(820, 300, 980, 348), (28, 72, 214)),
    Target("the yellow square", Box(1130, 700, 1166, 736), (246, 212, 24)),
    Target("the black circle", Box(600, 220, 652, 272), (12, 12, 12)),
    Target("the pink square", Box(1700, 900, 1764, 964), (244, 96, 190)),
    Target('the button "Save"', Box(300, 560, 440, 608), (255, 255, 255), "Save"),
    Target('the button "Cancel"', Box(1290, 470, 1450, 518), (255, 255, 255), "Cancel"),
)
"""At different places, in different sizes; none where x and y are alike, so that their order shows."""


def draw() -> Image.Image:
    """Return the picture of `SIZE` with all targets."""
    picture = Image.new("RGB", SIZE, _BACK)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE.width - 1, 55), _BAR)
    for left, top, right, bottom in ((100, 110, 1060, 1020), (1090, 110, 1830, 600), (1090, 640, 1830, 1020)):
        pen.rounded_rectangle((left, top, right, bottom), 12, _WINDOW, _LINE, 2)
        for row in range(top + 50, bottom - 20, 38):
            pen.rectangle((left + 30, row, left + 30 + (row * 37) % (right - left - 90), row + 6), _LINE)
    for target in TARGETS:
        _paint(pen, target)
    return picture


def _paint(pen: ImageDraw.ImageDraw, target: Target) -> None:
    left, top, right, bottom = target.box
    edges = (left, top, right - 1, bottom - 1)
    if "circle" in target.phrase:
        pen.ellipse(edges, target.fill)
    elif target.label:
        pen.rounded_rectangle(edges, 6, target.fill, _TEXT, 2)
        middle = ((left + right) / 2, (top + bottom) / 2)
        pen.text(middle, target.label, _TEXT, ImageFont.load_default(26), anchor="mm")
    else:
        pen.rounded_rectangle(edges, 6, target.fill)
