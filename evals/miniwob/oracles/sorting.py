"""Oracles of tasks that are solved by dragging things to a place among or around others."""

import re
from collections.abc import Iterator

from handeye.actions.geometry import Point
from handeye.actions.schema import Drag
from handeye.evals.miniwob.oracle import Move, PageReader, quote

ITEM = "#sortable li"
ROWS = ("top", "center", "bottom")
COLUMNS = ("left", "center", "right")
STEPS_ASIDE = {"up": -1, "down": 1}
STEPS_IN_GRID = {"up": -3, "down": 3, "left": -1, "right": 1}

_NTH = "number => document.querySelectorAll('#sortable li')[number]"
_LEFT_OUT = """([kept, box]) => {
  // Judged by the page by its upper left corner; well inside is inside.
  const boxes = [...document.querySelectorAll('#shape-container')].map(drawn => drawn.getBoundingClientRect());
  const { left, top, right, bottom } = boxes[box];
  return [...document.querySelectorAll('#area_svg > :not(#shape-container)')].filter(drawn => {
    const { x, y } = drawn.getBoundingClientRect();
    const inside = x > left && x < right && y > top && y < bottom;
    return !inside && kept.includes(drawn.tagName) || !inside && kept.includes(drawn.getAttribute('fill'));
  });
}"""
_TAG = {"rectangles": "rect", "circles": "circle", "triangles": "polygon"}


def drag_items(page: PageReader) -> Iterator[Move]:
    """One of five names in a list to another position."""
    name, place = re.findall(r"Drag (\S+) (.*)\.", page.utterance)[0]
    start = page.texts(ITEM).index(name)
    if number := re.findall(r"\d+", place):
        end = int(number[0]) - 1
    elif "by one" in place:
        end = start + STEPS_ASIDE[place.split()[0]]
    else:
        end = 0 if "top" in place else len(page.texts(ITEM)) - 1
    yield _to_position(page, f"Drag {quote(name)} {place}.", start, end)


def drag_items_grid(page: PageReader) -> Iterator[Move]:
    """One of nine names in a grid to another position."""
    name, place = re.findall(r"Drag (\S+) (.*)\.", page.utterance)[0]
    start = page.texts(ITEM).index(name)
    if "by one" in place:
        end = start + STEPS_IN_GRID[place.split()[0]]
    else:
        words = place.removeprefix("to the ").split()
        end = 3 * ROWS.index(words[0]) + COLUMNS.index(words[-1])
    yield _to_position(page, f"Drag {quote(name)} {place}.", start, end)


def drag_sort_numbers(page: PageReader) -> Iterator[Move]:
    """Four numbers in a list into their order, then Submit."""
    while (shown := page.texts(ITEM)) != (ordered := sorted(shown, key=int)):
        end = next(index for index, text in enumerate(ordered) if shown[index] != text)
        text = ordered[end]
        yield _to_position(page, f"Drag the {text} to position {end + 1}.", shown.index(text, end), end)
    yield page.press_button()


def drag_shapes(page: PageReader) -> Iterator[Move]:
    """All shapes of a kind into a box, then Submit."""
    kind = re.findall(r"Drag all (\w+) into", page.utterance)[0]
    yield from _into_box(page, [_TAG[kind]], 0, "the box")
    yield page.press_button()


def drag_shapes_2(page: PageReader) -> Iterator[Move]:
    """All shapes of a kind or a colour into the left box, all others into the right one, then Submit."""
    kind = re.findall(r"Drag all (\w+)", page.utterance)[0]
    if kind in _TAG:
        chosen, others = [_TAG[kind]], [tag for name, tag in _TAG.items() if name != kind]
    else:
        colors = page.evaluate("() => shapes.COLORS")
        chosen, others = [kind], [color for color in colors if color != kind]
    yield from _into_box(page, chosen, 0, "the left box")
    yield from _into_box(page, others, 1, "the right box")
    yield page.press_button()


def _to_position(page: PageReader, thought: str, start: int, end: int) -> Move:
    """Drag an item over the one at its new position, and a little beyond the middle of that."""
    item, place = page.box(_NTH, start), page.box(_NTH, end)
    dx = (place.center.x > item.center.x) - (place.center.x < item.center.x)
    dy = (place.center.y > item.center.y) - (place.center.y < item.center.y)
    target = Point(place.center.x + dx * place.size.width // 8, place.center.y + dy * place.size.height // 8)
    grip = page.point(_NTH, start)
    # In a grid the others make room by the last direction, and up has to come after right.
    corner = (Point(target.x, grip.y),) if dx and dy else ()
    return Move(thought, Drag(path=(grip, *corner, target)))


def _into_box(page: PageReader, kept: list[str], number: int, name: str) -> Iterator[Move]:
    while page.evaluate(f"a => ({_LEFT_OUT})(a).length", [kept, number]):
        center = page.box("n => document.querySelectorAll('#shape-container')[n]", number).center
        yield Move(f"Drag a shape into {name}.", Drag(path=(page.point(_LEFT_OUT, [kept, number]), center)))
