"""Scrolling where models do not write pixels: notches of a wheel, pages, or only a direction."""

from math import isfinite
from typing import Literal

from handeye.actions.fields import MAX_SCROLL
from handeye.actions.geometry import Frame
from handeye.actions.reading import read_number
from handeye.actions.schema import InvalidAction, Scroll

Direction = Literal["up", "down", "left", "right"]

NOTCH = 120
"""The pixels that a notch of the wheel scrolls in Chromium on Linux."""
_VECTORS: dict[str, tuple[int, int]] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def along(direction: object, distance: int) -> dict[str, object]:
    """Return the members of a scroll that shows what lies in a direction, `distance` pixels away.

    Raises `InvalidAction` if it is not a direction.
    """
    word = direction.strip().lower().removeprefix("scroll").strip(" _-") if isinstance(direction, str) else ""
    if word not in _VECTORS:
        raise InvalidAction("scroll needs a direction: up, down, left or right")
    x, y = _VECTORS[word]
    return {"dx": x * distance} if x else {"dy": y * distance}


def half(frame: Frame, direction: object) -> int:
    """Return half of the frame along a direction, in pixels: how far to scroll if a model says nothing about it."""
    sideways = isinstance(direction, str) and direction.strip().lower() in ("left", "right")
    return max(1, (frame.size.width if sideways else frame.size.height) // 2)


def turned(notches: object) -> int:
    """Return how far a number of notches scrolls, in pixels; raise `InvalidAction` if it is not a number."""
    number = read_number(notches)
    if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
        raise InvalidAction("scroll needs a number of notches: positive scrolls up, negative down")
    return max(-MAX_SCROLL, min(MAX_SCROLL, round(number * NOTCH)))


def direction_of(action: Scroll) -> Direction | None:
    """Return the direction of a scroll along one axis; None if it goes along both."""
    match action.dx, action.dy:
        case 0, dy:
            return "down" if dy > 0 else "up"
        case dx, 0:
            return "right" if dx > 0 else "left"
        case _:
            return None


def notches(distance: int) -> int:
    """Return the nearest number of notches to a distance in pixels, with its sign; at least one."""
    turned = max(1, round(abs(distance) / NOTCH))
    return turned if distance > 0 else -turned
