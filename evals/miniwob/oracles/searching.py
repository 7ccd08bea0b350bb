"""Oracles of tasks that hide something, found by trying: they use only what the page has shown so far."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Type
from handeye.actions.schema import Move as MovePointer
from handeye.evals.miniwob.oracle import Move, PageReader
from handeye.evals.miniwob.oracles.typing import CLICK_TEXT_BOX

LIMITS: Final = {"HOT": (0, 5), "WARM": (5, 10), "COLD": (10, 40), "ICE COLD": (40, math.inf)}
"""CSS px from the hot place at which each word is shown: from, and up to."""
GRID: Final = 5
"""CSS px between the places that are considered. Each stands for all that are nearer to it than to the others."""
SPREAD: Final = GRID / math.sqrt(2)
"""CSS px from a place to the farthest of those."""
TRIED: Final = 30
"""How many places are compared before one is pointed at."""


def find_greatest(page: PageReader) -> Iterator[Move]:
    """The card with the greatest of three numbers, which only the card that was clicked last shows, then Submit."""
    known: dict[int, int] = {}
    while True:
        shown = page.evaluate("() => [...document.querySelectorAll('.card')].findIndex(c => !c.matches('.hidden'))")
        if shown >= 0:
            known[shown] = int(page.texts(".card")[shown])
        wanted = len(known) if len(known) < 3 else max(known, key=lambda card: known[card])
        wanted = next((card for card in range(3) if card not in known), wanted)
        if wanted == shown:
            break
        yield page.click(f"Click card {wanted + 1}.", f".card:nth-child({wanted + 1})")
    yield page.press_button("#submit")


def generate_number(page: PageReader) -> Iterator[Move]:
    """Random numbers until one fits, then Submit."""
    while not _fits(page.text("#display-number"), page.utterance):
        yield page.press_button("#generate")
    yield page.press_button("#submit")


def guess_number(page: PageReader) -> Iterator[Move]:
    """A digit; the page says whether it is higher or lower than the last guess."""
    low, high = 0, 9
    while True:
        if page.sees("#higher"):
            low = max(low, int(page.text("#higher span")) + 1)
        elif page.sees("#lower"):
            high = min(high, int(page.text("#lower span")) - 1)
        if not page.focused("#tt"):
            yield page.click(CLICK_TEXT_BOX, "#tt")
        guess = str((low + high) // 2)
        yield Move(f"Try {guess}.", Type(text=guess, clear=True, submit=True))


def hot_cold(page: PageReader) -> Iterator[Move]:
    """A place on an empty area; what is shown tells how far from it the pointer is."""
    area = page.evaluate("""() => {
      const { left, top, right, bottom } = document.querySelector('#touch-area').getBoundingClientRect();
      return [left, top, right, bottom];
    }""")
    left, top, right, bottom = (round(edge) for edge in area)
    possible = [(x, y) for x in range(left + 3, right - 2, GRID) for y in range(top + 3, bottom - 2, GRID)]
    while possible:
        # Of some of these the one that splits all best: the largest group with the same answer is small.
        some = possible[:: max(1, len(possible) // TRIED)]
        x, y = min(some, key=lambda place: max(Counter(_answer(place, other) for other in possible).values()))
        point = Point(*page.pixel(x, y))
        yield Move("Point at another place.", MovePointer(point=point))
        signal = page.text("#display")
        if signal == "HOT":
            yield Move("Click here.", Click(point=point))
        near, far = LIMITS[signal]
        possible = [
            other for other in possible if other != (x, y) and near - SPREAD < math.dist((x, y), other) < far + SPREAD
        ]


def _answer(place: tuple[int, int], other: tuple[int, int]) -> str:
    distance = math.dist(place, other)
    return next(word for word, (near, far) in LIMITS.items() if near <= distance < far)


def _fits(shown: str, wanted: str) -> bool:
    if shown == "-":
        return False
    number = int(shown)
    if limit := re.findall(r"(less|greater) than (\d+)", wanted):
        word, bound = limit[0]
        return number < int(bound) if word == "less" else number > int(bound)
    return number % 2 == (1 if "odd" in wanted else 0)
