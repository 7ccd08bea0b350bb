"""Oracles of tasks that scroll a text to one of its ends."""

import re
from collections.abc import Iterator

from handeye.actions.schema import Scroll
from handeye.evals.miniwob.oracle import Move, PageReader
from handeye.evals.miniwob.oracles.typing import CLICK_TEXT_BOX

TEXT = "#text-area"
TO_THE_END = 2000
"""Screenshot px of a scroll that usually reaches an end of a text at once."""
A_LITTLE = 160
"""Screenshot px of a scroll that must not skip anything: less than the height of any list."""

FAR = 240
"""Screenshot px of a scroll through a list whose items are as high as a finger: less than the list's height."""

_LEFT = "s => { const e = document.querySelector(s); return e.scrollHeight - e.clientHeight - e.scrollTop }"

_IS_BELOW = """([target, area]) => document.querySelector(target).getBoundingClientRect().bottom
  > document.querySelector(area).getBoundingClientRect().bottom"""


def scroll_to(page: PageReader, what: str, target: str, area: str) -> Iterator[Move]:
    """Scroll an area up or down until an element in it can be clicked."""
    while not page.sees(target):
        way, sign = ("down", 1) if page.evaluate(_IS_BELOW, [target, area]) else ("up", -1)
        yield Move(f"Scroll {what} {way}.", Scroll(point=page.spot(area), dy=sign * FAR))


def scroll_down(page: PageReader, what: str, selector: str) -> Move:
    """Return a short scroll down."""
    return Move(f"Scroll {what} down.", Scroll(point=page.spot(selector), dy=A_LITTLE))


def scroll_text(page: PageReader) -> Iterator[Move]:
    """To the end, then the text's last word into the text box."""
    yield from _to_the_end(page)
    word = re.sub(r"[^a-zA-Z0-9]", "", page.value(TEXT).split()[-1])
    yield from page.fill(CLICK_TEXT_BOX, "#answer-input", word)
    yield page.press_button()


def scroll_text_2(page: PageReader) -> Iterator[Move]:
    """To the top or to the bottom, then Submit."""
    if "to the bottom" in page.utterance:
        yield from _to_the_end(page)
    else:
        while page.evaluate("s => document.querySelector(s).scrollTop", TEXT) > 0:
            yield Move("Scroll the text up.", Scroll(point=page.spot(TEXT), dy=-TO_THE_END))
    yield page.press_button()


def sign_agreement(page: PageReader) -> Iterator[Move]:
    """To the end and a name into the text box if those are asked for, then one of two buttons."""
    if page.quoted:
        name, button = page.quoted
        yield from _to_the_end(page)
        yield from page.fill(CLICK_TEXT_BOX, "#name", name)
        yield page.press_button(f"#{button.lower()}")
    else:
        yield page.press_button("#cancel")


def _to_the_end(page: PageReader) -> Iterator[Move]:
    while page.evaluate(_LEFT, TEXT) > 1:
        yield Move("Scroll the text down.", Scroll(point=page.spot(TEXT), dy=TO_THE_END))
