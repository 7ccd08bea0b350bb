"""Oracles of tasks that are solved by a click on a link or a tab."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, reachable


def click_link(page: PageReader) -> Iterator[Move]:
    """A link in a paragraph, by its text."""
    yield _follow(page, page.quoted[0])


def click_link_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The links with other texts."""
    labels = set(page.texts("#area .alink")) - {page.quoted[0]}
    return reachable((f'Click on the link "{label}".', partial(_follow, page, label)) for label in sorted(labels))


def click_tab(page: PageReader) -> Iterator[Move]:
    """One of three tabs."""
    yield _open(page, _tab(page))


def click_tab_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The other two tabs."""
    labels = [label for label in page.texts("#area ul a") if label != _tab(page)]
    return reachable((f"Click on {label}.", partial(_open, page, label)) for label in labels)


def _follow(page: PageReader, label: str) -> Move:
    return page.click(f'Click the link "{label}".', "#area .alink", label)


def _open(page: PageReader, label: str) -> Move:
    return page.click(f'Click the tab "{label}".', "#area ul a", label)


def _tab(page: PageReader) -> str:
    return re.findall(r"Tab #\d", page.utterance)[0]
