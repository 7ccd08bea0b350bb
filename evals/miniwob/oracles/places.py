"""Oracles of tasks that are solved by clicking at a place, a colour, a shape or a kind of widget."""

import re
from collections.abc import Iterator
from functools import partial

from handeye.actions.schema import Click
from handeye.evals.miniwob.oracle import Move, PageReader, reachable

BUTTON_OF_FIGURE = {"circle": "circle", "rect": "rectangle", "polygon": "triangle"}
"""The kind of button by the SVG element that draws the figure."""

_SHADES = """color => [...document.querySelectorAll('#area span')]
  .filter(box => (box.className === 'selected') !== (box.dataset.color === color))"""


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


def click_shades(page: PageReader) -> Iterator[Move]:
    """All boxes with a shade of a colour, then Submit."""
    color = re.findall(r"shades of (\w+)", page.utterance)[0]
    while page.evaluate(f"color => ({_SHADES})(color).length", color):
        yield Move(f"Click a shade of {color}.", Click(point=page.point(_SHADES, color)))
    yield page.press_button("#submit")


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


def identify_shape(page: PageReader) -> Iterator[Move]:
    """The button that names the kind of a figure."""
    figure = page.evaluate("() => document.querySelector('#area_svg > *').tagName")
    if figure == "text":
        kind = "digit" if page.text("#area_svg text").isdigit() else "letter"
    else:
        kind = BUTTON_OF_FIGURE[figure]
    yield page.press_button(f'[data-type="{kind}"]')


def ascending_numbers(page: PageReader) -> Iterator[Move]:
    """Five numbers in turn, of which all but the first are covered once the first is clicked."""
    while page.texts("#area_svg text"):
        yield page.click("Click the number 1.", "#area_svg text", "1")
    while left := page.evaluate("() => [...document.querySelectorAll('#area_svg rect')].map(e => e.dataset.index)"):
        yield page.click(f"Click where the number {left[0]} was.", f'#area_svg rect[data-index="{left[0]}"]')


def _grid_point(page: PageReader, name: str) -> Move:
    return page.click(f"Click the point {name}.", f'circle[id="{name}"]')


def _color(page: PageReader) -> str:
    return page.utterance.removeprefix("Click on the ").removesuffix(" colored box.")


def _colored_box(page: PageReader, color: str) -> Move:
    return page.click(f"Click the {color} box.", f'#area [data-color="{color}"]')


def _widget(page: PageReader, kind: str) -> Move:
    return page.click(f'Click the widget "{kind}".', f'#area [data-type="{kind}"]')
