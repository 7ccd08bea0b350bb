"""Pictures of one square in one colour."""

from enum import StrEnum

from PIL import Image, ImageDraw

SIDE = 448
"""Of a picture, in pixels: 256 visual tokens."""
_MARGIN = 84


class Colour(StrEnum):
    """A colour that every model can name. The first two are those that change places if red and blue are swapped."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"


PAINT = {
    Colour.RED: (220, 20, 20),
    Colour.BLUE: (20, 40, 220),
    Colour.GREEN: (20, 160, 40),
    Colour.YELLOW: (250, 220, 20),
}
"""Red, green and blue of each, from 0 to 255."""


def draw(colour: Colour) -> Image.Image:
    """Return a white picture with a square of a colour in its middle."""
    picture = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(picture).rectangle((_MARGIN, _MARGIN, SIDE - _MARGIN - 1, SIDE - _MARGIN - 1), PAINT[colour])
    return picture
