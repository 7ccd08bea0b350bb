"""Oracles of tasks that are solved by dragging, and by moving the pointer without a button held."""

import math
import re
from collections.abc import Iterator
from typing import Any

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Drag, Press, Wait
from handeye.actions.schema import Move as MovePointer
from handeye.evals.miniwob.oracle import Move, PageReader, quote

DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
NUDGE = 40
"""Screenshot px: too far to count as a click, and not so far that anything leaves the screen."""
PRESSES_AT_ONCE = 3
"""The most clicks that one action makes."""

RADIUS = 48
"""Screenshot px from a dot to what is drawn around or through it."""
CORNERS = 24
"""Of the polygon that is drawn as a circle."""

_DOT = "() => document.querySelector('#circ')"
_SLIDER = """s => {
  const slider = $(s), handle = slider.find('.ui-slider-handle');
  const { min, max, value, orientation } = slider.slider('option');
  return { min, max, value, vertical: orientation === 'vertical', focused: handle.is(':focus') };
}"""
_ENDS = """selector => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector(selector));
  const lines = [...range.getClientRects()], first = lines[0], last = lines[lines.length - 1];
  return [first.left, (first.top + first.bottom) / 2, last.right, (last.top + last.bottom) / 2];
}"""


def drag_box(page: PageReader) -> Iterator[Move]:
    """A small box into a large one, then Submit."""
    while not page.evaluate("() => smallBoxContained()"):
        large = page.box("() => document.querySelector('#draggableLarge')").center
        yield Move("Drag the small box into the large box.", Drag(path=(page.spot("#draggableSmall"), large)))
    yield page.press_button()


def drag_shape(page: PageReader) -> Iterator[Move]:
    """A shape a little to one side, then Submit."""
    name, direction = re.findall(r"Drag the (\w+) (\w+) then", page.utterance)[0]
    shape = "#area svg > *"
    while not page.evaluate("s => document.querySelector(s).hasAttribute('transform')", shape):
        yield Move(f"Drag the {name} {direction}.", _nudge(page.spot(shape), direction))
    yield page.press_button()


def resize_textarea(page: PageReader) -> Iterator[Move]:
    """A corner of a text box, so that it is wider, narrower, higher or lower, then Submit."""
    side, change = re.findall(r"the (\w+) is (\w+) than", page.utterance)[0]
    larger = "right" if side == "width" else "down"
    smaller = "left" if side == "width" else "up"
    yield Move(
        "Drag the corner of the text box.",
        _nudge(page.spot(".ui-resizable-se"), larger if change == "larger" else smaller),
    )
    yield page.press_button("#submit")


def highlight_text(page: PageReader) -> Iterator[Move]:
    """All of a paragraph, then Submit."""
    yield from _highlight(page, "#randomText")


def highlight_text_2(page: PageReader) -> Iterator[Move]:
    """One of three paragraphs, then Submit."""
    number = re.findall(r"the (\d)", page.utterance)[0]
    yield from _highlight(page, f"#randomText p:nth-child({number})")


def use_slider(page: PageReader) -> Iterator[Move]:
    """A value with a slider, then Submit."""
    yield from _slide(page, "#slider", int(re.findall(r"Select (-?\d+)", page.utterance)[0]))
    yield page.press_button()


def use_slider_2(page: PageReader) -> Iterator[Move]:
    """Three values with three sliders, then Submit."""
    for number, value in enumerate(re.findall(r"\d+", page.utterance), start=1):
        yield from _slide(page, f"#slider-{number}", int(value))
    yield page.press_button()


def form_sequence(page: PageReader) -> Iterator[Move]:
    """A value with a slider and one of three checkboxes, then Submit."""
    value, position = re.findall(r"Select (-?\d+) with the slider, click the (\w+) checkbox", page.utterance)[0]
    yield from _slide(page, "#slider", int(value))
    checkbox = f"#checkbox-{position[0]}"
    while not page.evaluate("s => document.querySelector(s).checked", checkbox):
        yield page.click(f"Click the {position} checkbox.", checkbox)
    yield page.press_button()


def use_spinner(page: PageReader) -> Iterator[Move]:
    """A number with the two arrows of a spinner, then Submit."""
    wanted = int(re.findall(r"Select (-?\d+)", page.utterance)[0])
    while left := wanted - int(page.value("#spinner")):
        arrow = "up" if left > 0 else "down"
        count = min(abs(left), PRESSES_AT_ONCE)
        times = "" if count == 1 else f" {count} times"
        yield Move(f"Click the arrow {arrow}{times}.", Click(point=page.spot(f".ui-spinner-{arrow}"), count=count))
    yield page.press_button()


def click_menu(page: PageReader) -> Iterator[Move]:
    """An item of a menu whose submenus open under the pointer."""
    *parents, item = page.utterance.removeprefix("Select ").split(">")
    while not page.sees(".ui-menu-item-wrapper", item):
        parent = next(name for name in reversed(parents) if page.sees(".ui-menu-item-wrapper", name))
        yield Move(f"Point at the item {quote(parent)}.", MovePointer(point=page.spot(".ui-menu-item-wrapper", parent)))
        yield Move("Wait for the submenu.", Wait(seconds=0.5))
    yield page.click(f"Click the item {quote(item)}.", ".ui-menu-item-wrapper", item)


def click_menu_2(page: PageReader) -> Iterator[Move]:
    """An item, by its label or its icon, of a menu that a button opens, with a submenu that opens under the pointer."""
    icon = page.evaluate("() => document.querySelector('#query .ui-icon')?.className.split(' ')[1] ?? null")
    item = page.quoted[1] if icon is None else page.text(f"#menu li:has(> div > .{icon})")
    entry = "#menu li > div"
    while not page.sees(entry, item):
        if not page.sees(entry, "Playback"):
            yield page.press_button("#open-menu")
        else:
            yield Move('Point at the item "Playback".', MovePointer(point=page.spot(entry, "Playback")))
            yield Move("Wait for the submenu.", Wait(seconds=0.5))
    yield page.click(f"Click the item {quote(item)}.", entry, item)


def draw_circle(page: PageReader) -> Iterator[Move]:
    """A circle around a dot, then Submit."""
    if not page.texts("#area path"):
        center = page.box(_DOT).center
        corners = (2 * math.pi * step / CORNERS for step in range(CORNERS + 1))
        path = [Point(center.x + round(RADIUS * math.cos(a)), center.y + round(RADIUS * math.sin(a))) for a in corners]
        yield Move("Draw a circle around the dot.", Drag(path=tuple(path)))
    yield page.press_button("#controls button")


def draw_line(page: PageReader) -> Iterator[Move]:
    """A horizontal or a vertical line through a dot, then Submit."""
    direction = "horizontal" if "horizontal" in page.utterance else "vertical"
    dx, dy = (RADIUS, 0) if direction == "horizontal" else (0, RADIUS)
    if not page.texts("#area path"):
        center = page.box(_DOT).center
        ends = Point(center.x - dx, center.y - dy), Point(center.x + dx, center.y + dy)
        yield Move(f"Draw a {direction} line through the dot.", Drag(path=ends))
    yield page.press_button("#controls button")


def _nudge(point: Point, direction: str) -> Drag:
    dx, dy = DIRECTIONS[direction]
    return Drag(path=(point, Point(point.x + dx * NUDGE, point.y + dy * NUDGE)))


def _highlight(page: PageReader, selector: str) -> Iterator[Move]:
    left, top, right, bottom = page.evaluate(_ENDS, selector)
    yield Move("Drag over the text.", Drag(path=(Point(*page.pixel(left, top)), Point(*page.pixel(right, bottom)))))
    yield page.press_button()


def _slide(page: PageReader, selector: str, value: int) -> Iterator[Move]:
    """Drag a slider's handle as near as the pixels allow, then press the arrow keys for the rest."""
    while (slider := page.evaluate(_SLIDER, selector))["value"] != value:
        left = value - slider["value"]
        target = _slider_point(page, selector, slider, value)
        handle = page.spot(f"{selector} .ui-slider-handle")
        if slider["focused"] and max(abs(target.x - handle.x), abs(target.y - handle.y)) <= NUDGE // 4:
            yield Move(
                f"Press the {'right' if left > 0 else 'left'} arrow.", Press(keys=("right" if left > 0 else "left",))
            )
        else:
            yield Move(f"Drag the slider to {value}.", Drag(path=(handle, target)))


def _slider_point(page: PageReader, selector: str, slider: dict[str, Any], value: int) -> Point:
    track = page.box("s => document.querySelector(s)", selector)
    part = (value - slider["min"]) / (slider["max"] - slider["min"])
    if slider["vertical"]:
        return Point(track.center.x, track.bottom - 1 - round(part * (track.size.height - 1)))
    return Point(track.left + round(part * (track.size.width - 1)), track.center.y)
