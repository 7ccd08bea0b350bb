"""Oracles of tasks that are solved by finding a link: in a text, behind tabs, in sections, in a tree, on a next page.

They search as a person who only sees the screen would: one tab, section, folder or page after the other.
"""

import re
from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, quote, reachable

LINK = "#area .alink"
TAB = "#area ul a"
SECTION = "#area h3"
FOLDER = "#tree .expandable > .folder"


def click_link(page: PageReader) -> Iterator[Move]:
    """A link in a paragraph, by its text."""
    yield _follow(page, page.quoted[0])


def click_link_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The links with other texts."""
    labels = set(page.texts(LINK)) - {page.quoted[0]}
    return reachable((f'Click on the link "{label}".', partial(_follow, page, label)) for label in sorted(labels))


def click_tab(page: PageReader) -> Iterator[Move]:
    """One of three tabs."""
    yield _open_tab(page, _asked_tab(page))


def click_tab_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The other two tabs."""
    labels = [label for label in page.texts(TAB) if label != _asked_tab(page)]
    return reachable((f"Click on {label}.", partial(_open_tab, page, label)) for label in labels)


def click_tab_2(page: PageReader) -> Iterator[Move]:
    """A link on one of several tabs."""
    label = page.quoted[0]
    while not page.sees(LINK, label):
        yield _open_tab(page, _next(page.texts(TAB), page.texts("#area .ui-tabs-active")))
    yield _follow(page, label)


def click_collapsible(page: PageReader) -> Iterator[Move]:
    """One section that has to be open, then Submit."""
    while not page.texts(".ui-accordion-header-active"):
        yield _open_section(page)
    yield page.press_button()


def click_collapsible_2(page: PageReader) -> Iterator[Move]:
    """A link in one of three sections."""
    label = page.quoted[0]
    while not page.sees(LINK, label):
        yield _open_section(page)
    yield _follow(page, label)


def navigate_tree(page: PageReader) -> Iterator[Move]:
    """A file or folder in a tree that opens by clicks."""
    label = page.quoted[0]
    while not page.sees("#tree span", label):
        yield page.click(f"Click the folder {quote(page.text(FOLDER))}.", FOLDER)
    yield page.click(f"Click the item {quote(label)}.", "#tree span", label)


def phone_book(page: PageReader) -> Iterator[Move]:
    """One of the links on the page of one of five people."""
    name, entry = re.findall(r"Find (.*) in the contact book and click on their (\w+)", page.utterance)[0]
    while page.text("#contact .name") != name:
        yield page.click('Click the link ">".', "#pagination .next a")
    yield page.click(f"Click the {entry} link.", f"#contact .{entry}")


def _follow(page: PageReader, label: str) -> Move:
    return page.click(f"Click the link {quote(label)}.", LINK, label)


def _open_tab(page: PageReader, label: str) -> Move:
    return page.click(f"Click the tab {quote(label)}.", TAB, label)


def _open_section(page: PageReader) -> Move:
    label = _next(page.texts(SECTION), page.texts(".ui-accordion-header-active"))
    return page.click(f"Click the section {quote(label)}.", SECTION, label)


def _asked_tab(page: PageReader) -> str:
    return page.utterance.removeprefix("Click on ").removesuffix(".")


def _next(labels: list[str], active: list[str]) -> str:
    """Return the label after the active one, wrapping around at the end; the first if none is active."""
    return labels[(labels.index(active[0]) + 1) % len(labels)] if active else labels[0]
