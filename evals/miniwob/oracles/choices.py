"""Oracles of tasks that are solved by choosing: radio buttons, checkboxes, lists, pairs of buttons."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.actions.schema import Click
from handeye.evals.miniwob.oracle import Move, PageReader, quote, reachable
from handeye.evals.miniwob.oracles.scrolling import scroll_down

LABEL = "#area label"
OPTION = "#options option"

_WRONG = """names => [...document.querySelectorAll('#area label')]
  .filter(label => label.querySelector('input').checked !== names.includes(label.textContent.trim()))
  .map(label => label.textContent.trim())"""
_CHOSEN = "() => [...document.querySelectorAll('#options option')].filter(o => o.selected).map(o => o.text)"


def click_option(page: PageReader) -> Iterator[Move]:
    """One radio button, by its label, then Submit."""
    label = _listed(page)[0]
    while page.evaluate("() => document.querySelector('#area input:checked')?.parentElement.textContent") != label:
        yield _choose(page, "option", label)
    yield page.press_button()


def click_option_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The other radio buttons."""
    return _others(page, "option")


def click_checkboxes(page: PageReader) -> Iterator[Move]:
    """Any number of checkboxes, by their labels, then Submit."""
    yield from _check(page, _listed(page))


def click_checkboxes_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """Each checkbox that is not asked for, alone."""
    return _others(page, "checkbox")


def click_checkboxes_soft(page: PageReader) -> Iterator[Move]:
    """The checkboxes whose labels mean the same as the words that are asked for, then Submit."""
    asked = re.sub(r"^Select words similar to (.*) and click Submit\.$", r"\1", page.utterance).split(", ")
    groups: list[list[str]] = page.evaluate("() => SYNONYMS")
    alike = {word for group in groups if not set(group).isdisjoint(asked) for word in group}
    yield from _check(page, [label for label in page.texts(LABEL) if label in alike])


def choose_list(page: PageReader) -> Iterator[Move]:
    """One item of a drop-down list, then Submit."""
    wanted = re.findall(r"Select (.*) from the list", page.utterance)[0]
    while page.evaluate(_CHOSEN) != [wanted]:
        if page.sees(OPTION, wanted):
            yield page.click(f"Click the item {quote(wanted)}.", OPTION, wanted)
        else:
            yield page.click("Click the list.", "#options")
    yield page.press_button("#area > button")


def click_scroll_list(page: PageReader) -> Iterator[Move]:
    """One or two items of a list that scrolls, then Submit."""
    wanted = re.findall(r"Select (.*) from the scroll list", page.utterance)[0].split(", ")
    while left := [item for item in page.texts(OPTION) if (item in wanted) != (item in page.evaluate(_CHOSEN))]:
        item = left[0]
        if not page.sees(OPTION, item):
            yield scroll_down(page, "the list", "#options")
        elif page.evaluate(_CHOSEN):
            click = Click(point=page.spot(OPTION, item), modifiers=("ctrl",))
            yield Move(f"Click the item {quote(item)} with Ctrl.", click)
        else:
            yield page.click(f"Click the item {quote(item)}.", OPTION, item)
    yield page.press_button("#area > button")


def odd_or_even(page: PageReader) -> Iterator[Move]:
    """One of two buttons for each of three numbers, then Submit."""
    for row, number in enumerate(page.texts(".display-number"), start=1):
        label = "Even" if int(number) % 2 == 0 else "Odd"
        button = f".row:nth-child({row}) .{label.lower()}"
        while not page.evaluate("s => document.querySelector(s).classList.contains('selected')", button):
            yield page.click(f"Click the button {quote(label)} of the number {number}.", button)
    yield page.press_button("#submit")


def form_sequence_2(page: PageReader) -> Iterator[Move]:
    """A radio button, a number into a text box, then Submit."""
    radio, box = re.findall(r"\d(?:st|nd|rd)", page.utterance)
    chosen = f"#area [name=radio][value='{radio[0]}']"
    while not page.evaluate("s => document.querySelector(s).checked", chosen):
        yield page.click(f"Click the {radio} radio button.", chosen)
    yield from page.fill(f"Click the {box} text box.", f"#input-{box[0]}", page.quoted[0])
    yield page.press_button()


def form_sequence_3(page: PageReader) -> Iterator[Move]:
    """One item of a drop-down list that the page draws itself, then one of three buttons."""
    wanted = re.findall(r"Choose (.*) from the dropdown", page.utterance)[0]
    while page.value("#dropdown") != wanted:
        if page.sees(".selectric-items li", wanted):
            yield page.click(f"Click the item {quote(wanted)}.", ".selectric-items li", wanted)
        elif page.sees(".selectric-items"):
            yield scroll_down(page, "the list", ".selectric-items li")
        else:
            yield page.click("Click the list.", ".selectric")
    yield page.press_button(f"#{page.quoted[0].lower()}")


def _listed(page: PageReader) -> list[str]:
    listed = re.sub(r"^Select (.*) and click Submit\.$", r"\1", page.utterance)
    return [] if listed == "nothing" else listed.split(", ")


def _check(page: PageReader, labels: list[str]) -> Iterator[Move]:
    while wrong := page.evaluate(_WRONG, labels):
        yield _choose(page, "checkbox", wrong[0])
    yield page.press_button()


def _choose(page: PageReader, kind: str, label: str) -> Move:
    return page.click(f"Click the {kind} {quote(label)}.", LABEL, label)


def _others(page: PageReader, kind: str) -> list[tuple[str, Move]]:
    return reachable(
        (f"Select {label} and click Submit.", partial(_choose, page, kind, label))
        for label in page.texts(LABEL)
        if label not in _listed(page)
    )
