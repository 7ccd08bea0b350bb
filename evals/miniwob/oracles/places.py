"""Oracles of tasks that are solved by a click at a place, a colour or a kind of widget."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.evals.miniwob.oracle import Move, PageReader, reachable


def grid_coordinate(page: PageReader) -> Iterator[Move]:
    """A point of a drawn grid."""
    yield _grid_point(page, re.findall(r"\(.*\)", page.utterance)[0])


def grid_coordinate_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The 24 other points."""
    names = (f"({x},{y})" for x in range(-2, 3) for y in range(-2, 3))
    return reachable(
        (f"Click on the grid coordinate {name}.", partial(_grid_point, page, name))
        for name in names
        if name not in page.utterance
    )


def click_color(page: PageReader) -> Iterator[Move]:
    """One of four coloured boxes."""
    yield _colored_box(page, _color(page))


def click_color_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """The boxes of other colours."""
    colors: list[str] = page.evaluate("() => [...document.querySelectorAll('#area .color')].map(e => e.dataset.color)")
    return reachable(
        (f"Click on the {color} colored box.", partial(_colored_box, page, color))
        for color in colors
        if color != _color(page)
    )


def click_widget(page: PageReader) -> Iterator[Move]:
    """Any widget of a kind."""
    yield _widget(page, page.quoted[0])


def click_widget_alternatives(page: PageReader) -> list[tuple[str, Move]]:
    """Widgets of the other kinds on the page."""
    kinds = set(page.evaluate("() => [...document.querySelectorAll('#area [data-type]')].map(e => e.dataset.type)"))
    return reachable(
        (f'Click on a "{kind}" widget.', partial(_widget, page, kind))
        for kind in sorted(kinds)
        if kind != page.quoted[0]
    )


def _grid_point(page: PageReader, name: str) -> Move:
    return page.click(f"Click the point {name}.", f'circle[id="{name}"]')


def _color(page: PageReader) -> str:
    return re.findall(r"the (\S+) colored", page.utterance)[0]


def _colored_box(page: PageReader, color: str) -> Move:
    return page.click(f"Click the {color} box.", f'#area [data-color="{color}"]')


def _widget(page: PageReader, kind: str) -> Move:
    return page.click(f'Click the widget "{kind}".', f'#area [data-type="{kind}"]')
