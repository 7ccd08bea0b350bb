"""A picture of numbers in rows, to be read."""

import random

from PIL import Image, ImageDraw, ImageFont

from handeye.actions.geometry import Size

SIZE = Size(1366, 768)
"""In pixels: large, and not a multiple of the windows in which the vision part looks at images."""
ROWS = "ABCD"
"""The letters at the beginnings of the rows."""
COLUMNS = 6
_HEIGHT = 22
"""Of the text, in pixels: as large as that of a screenshot."""
_INK = (30, 34, 40)

Rows = list[list[int]]


def choose(chance: random.Random) -> Rows:
    """Return different numbers of three digits for each row."""
    numbers = chance.sample(range(100, 1000), len(ROWS) * COLUMNS)
    return [numbers[first : first + COLUMNS] for first in range(0, len(numbers), COLUMNS)]


def draw(rows: Rows) -> Image.Image:
    """Return a white picture of `SIZE` with the rows, each after its letter."""
    picture = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(_HEIGHT)
    for row, (letter, numbers) in enumerate(zip(ROWS, rows, strict=True)):
        for column, text in enumerate([letter, *map(str, numbers)]):
            x = SIZE.width * (2 * column + 1) / (2 * (COLUMNS + 1)) + 17 * row
            pen.text((x, SIZE.height * (2 * row + 1) / (2 * len(ROWS))), text, _INK, font, anchor="mm")
    return picture
