"""The sheet of numbers: all are on it, and none touches another."""

import random

from PIL import Image, ImageChops

from handeye.agent.examine import sheet
from handeye.agent.examine.sheet import COLUMNS, ROWS, SIZE, draw

CHOOSE = sheet.choose  # the fixture of this folder puts fixed numbers in its place


def numbers(seed: int) -> list[list[int]]:
    return CHOOSE(random.Random(seed))


def test_numbers_are_different_and_by_chance() -> None:
    flat = [number for row in numbers(1) for number in row]
    assert len(set(flat)) == len(flat) == len(ROWS) * COLUMNS and numbers(1) != numbers(2)
    assert all(100 <= number <= 999 for number in flat)


def test_each_number_is_drawn_apart_from_the_others() -> None:
    rows = numbers(3)
    whole = draw(rows)
    assert whole.size == SIZE
    taken = Image.new("L", SIZE)
    for row in range(len(ROWS)):
        for column in range(COLUMNS):
            other = [list(each) for each in rows]
            other[row][column] = (other[row][column] + 111) % 900 + 100
            box = ImageChops.difference(whole, draw(other)).getbbox()
            assert box is not None and not any(taken.crop(box).getextrema())
            taken.paste(255, box)
