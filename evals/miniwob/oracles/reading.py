"""Oracles of tasks that are solved by reading something on the page and typing it or its result."""

import re
from collections.abc import Iterator

from handeye.evals.miniwob.oracle import Move, PageReader, quote
from handeye.evals.miniwob.oracles.typing import CLICK_TEXT_BOX


def simple_arithmetic(page: PageReader) -> Iterator[Move]:
    """A sum, a difference or a product of two digits."""
    first, operator, second = re.findall(r"(\d+) (\S) (\d+) =", page.text("#math-problem"))[0]
    a, b = int(first), int(second)
    result = {"+": a + b, "-": a - b, "x": a * b}[operator]
    yield from _answer(page, "#math-answer", str(result))


def simple_algebra(page: PageReader) -> Iterator[Move]:
    """The unknown in a sum or a difference."""
    left, operator, right, total = re.findall(r"(\w+) (\S) (\w+) = (-?\d+)", page.text("#math-problem"))[0]
    if operator == "+":
        unknown = int(total) - int(right if left == "x" else left)
    elif left == "x":
        unknown = int(total) + int(right)
    else:
        unknown = int(left) - int(total)
    yield from _answer(page, "#math-answer", str(unknown))


def find_word(page: PageReader) -> Iterator[Move]:
    """The nth word of a paragraph."""
    number = int(re.findall(r"(\d+)(?:st|nd|rd|th) word", page.utterance)[0])
    word = re.sub(r"[^a-zA-Z]", "", page.text("#area p").split()[number - 1])
    yield from _answer(page, "#answer-input", word)


def read_table(page: PageReader) -> Iterator[Move]:
    """The value of one row of a table."""
    asked = re.findall(r"the value of (.*) into", page.utterance)[0]
    yield from _answer(page, "#tt", _rows(page)[asked])


def read_table_2(page: PageReader) -> Iterator[Move]:
    """The values of two rows."""
    for number in (1, 2):
        label = page.text(f"#ll{number}")
        yield from page.fill(
            f"Click the text box {quote(label)}.", f"#tt{number}", _rows(page)[label.removesuffix(":")]
        )
    yield page.press_button()


def buy_ticket(page: PageReader) -> Iterator[Move]:
    """The cheapest, dearest, shortest or longest of four flights."""
    which = re.findall(r"Buy the ticket with the (.*)\.", page.utterance)[0]
    prices, durations = (
        [
            int(value)
            for value in page.evaluate(
                "name => [...document.querySelectorAll(`[data-${name}]`)].map(e => e.dataset[name])", name
            )
        ]
        for name in ("price", "duration")
    )
    values = prices if "cost" in which else durations
    best = max(values) if which.split()[0] in ("longest", "most") else min(values)
    button = f".flight:nth-child({values.index(best) + 1}) .buy-ticket"
    yield page.click(f"Click the button of the ticket with the {which}.", button)


def _rows(page: PageReader) -> dict[str, str]:
    return dict(zip(page.texts("#tab td:first-child"), page.texts("#tab td:last-child"), strict=True))


def _answer(page: PageReader, selector: str, text: str) -> Iterator[Move]:
    yield from page.fill(CLICK_TEXT_BOX, selector, text)
    yield page.press_button()
