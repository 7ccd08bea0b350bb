"""`(x,y)`: GTA1, and models trained after it."""

from handeye.actions.dialects.grounding import words
from handeye.actions.dialects.grounding.answer import Answer, search
from handeye.actions.geometry import Size


def _told(size: Size) -> str:
    return words.PAIR.format(height=size.height, width=size.width)


PAIR = Answer("pair", _told, search, lambda x, y: f"({x},{y})")
