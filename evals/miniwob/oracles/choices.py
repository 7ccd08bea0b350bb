"""Oracles of tasks that are solved by choosing among options."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, reachable

_WRONG = """names => [...document.querySelectorAll('#boxes label')]
  .filter(label => label.querySelector('input').checked !== names.includes(label.textContent.trim()))
  .map(label => label.textContent.trim())"""


def click_option(page: PageReader) -> Iterator[Move]:
    """One radio button, by its label, then Submit."""
    label = _names(page)[0]
    while page.evaluate("() => document.querySelector('#boxes input:checked')?.parentElement.textContent") != label:
        yield _choose(page, "option", label)
    yield _submit(page)


def click_option_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The other radio buttons."""
    return _other(page, "option")


def click_checkboxes(page: PageReader) -> Iterator[Move]:
    """Any number of checkboxes, by their labels, then Submit."""
    while wrong := page.evaluate(_WRONG, _names(page)):
        yield _choose(page, "checkbox", wrong[0])
    yield _submit(page)


def click_checkboxes_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """Each checkbox that is not asked for, alone."""
    return _other(page, "checkbox")


def _names(page: PageReader) -> list[str]:
    listed = re.sub(r"^Select (.*) and click Submit\.$", r"\1", page.utterance)
    return [] if listed == "nothing" else listed.split(", ")


def _choose(page: PageReader, kind: str, label: str) -> Move:
    return page.click(f'Click the {kind} "{label}".', "#boxes label", label)


def _other(page: PageReader, kind: str) -> list[tuple[str, Move]]:
    return reachable(
        (f"Select {label} and click Submit.", partial(_choose, page, kind, label))
        for label in page.texts("#boxes label")
        if label not in _names(page)
    )


def _submit(page: PageReader) -> Move:
    return page.click('Click the button "Submit".', "#subbtn")
