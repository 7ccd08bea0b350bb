"""Oracles with a finger: those of MiniWoB++ with their mouse moves turned into touches, and a few of their own.

An oracle's page is larger on the screen than it was made for, so its scrolls are scaled; a pointer that only points
becomes a tap, which makes a page believe that the pointer has come; keys held during a click are let go, because a tap
on one of several items adds it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from handeye.actions.geometry import Point
from handeye.actions.schema import AnyAction, Click, Drag, Press, Scroll
from handeye.actions.schema import Move as MovePointer
from handeye.evals.miniwob.oracle import Move, Oracle, PageReader
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.miniwob.pages import DEVICE_SCALE_FACTOR
from handeye.evals.mobile_miniwob.names import MINIWOB
from handeye.evals.mobile_miniwob.protocol import SCALE

NUDGE: Final = 20
"""CSS px of a drag: more than a finger's slop."""

_MOUSE_ONLY: Final = "the page drags with jQuery UI, which hears a mouse and no finger"
_NO_SELECTION: Final = "a finger selects no text in Chromium without the handles that Android draws"
_BY_CHANCE: Final = "graded by distance or angle, so 1.0 is reached by luck only"

WITHOUT_ORACLE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("drag-box", "resize-textarea"), _MOUSE_ONLY),
    **dict.fromkeys(("highlight-text", "highlight-text-2"), _NO_SELECTION),
    **dict.fromkeys(("bisect-angle", "circle-center", "find-midpoint", "right-angle"), _BY_CHANCE),
    "tic-tac-toe": "the opponent may force a draw",
    "click-pie": "a fault of the page: the slice that is selected at first cannot be clicked",
    "simon-says": "the order to push blinks once, between screenshots",
    **dict.fromkeys(("book-flight", "terminal"), "not done"),
}
"""The tasks that no oracle plays, and why. They are played and scored like all others."""

_SLIDER: Final = """() => {
  const { min, max, value, orientation } = $('#slider').slider('option');
  return { min, max, value, vertical: orientation === 'vertical' };
}"""


def touched(oracle: Oracle) -> Oracle:
    """Return an oracle for a mouse as one for a finger."""

    def play(page: PageReader) -> Iterator[Move]:
        for move in oracle(page):
            yield Move(move.thought, _by_finger(move.action))

    return play


def _by_finger(action: AnyAction) -> AnyAction:
    match action:
        case MovePointer(point=point):
            return Click(point=point)
        case Click(modifiers=[_, *_]):
            return action.model_copy(update={"modifiers": ()})
        case Scroll(dx=dx, dy=dy):
            larger = SCALE / DEVICE_SCALE_FACTOR
            return action.model_copy(update={"dx": round(dx * larger), "dy": round(dy * larger)})
        case _:
            return action


def use_slider(page: PageReader) -> Iterator[Move]:
    """A value with a slider, then Submit. Its handle follows no finger, but comes to where the track is tapped."""
    wanted = int(re.findall(r"Select (-?\d+)", page.utterance)[0])
    tapped = False
    while (slider := page.evaluate(_SLIDER))["value"] != wanted:
        if tapped:  # it is within a step or two
            way = "right" if wanted > slider["value"] else "left"
            yield Move(f"Press the {way} arrow.", Press(keys=(way,)))
            continue
        tapped = True
        track = page.box("() => document.querySelector('#slider')")
        part = (wanted - slider["min"]) / (slider["max"] - slider["min"])
        along = Point(track.left + round(part * (track.size.width - 1)), track.center.y)
        up = Point(track.center.x, track.bottom - 1 - round(part * (track.size.height - 1)))
        yield Move(f"Tap the slider at {wanted}.", Click(point=up if slider["vertical"] else along))
    yield page.press_button()


def copy_paste(page: PageReader) -> Iterator[Move]:
    """A text from a text area into a text box, typed: a finger has no keys to copy with."""
    yield from page.fill("Tap the text box.", "#answer-input", page.value("#to-copy"))
    yield page.press_button()


def copy_paste_2(page: PageReader) -> Iterator[Move]:
    """The same, from one of three text areas."""
    number = re.findall(r"(\d)(?:st|nd|rd) text area", page.utterance)[0]
    yield from page.fill("Tap the text box.", "#answer-input", page.value(f"#text-{number}"))
    yield page.press_button()


def drag_item(page: PageReader) -> Iterator[Move]:
    """A circle a little to one side, then Submit."""
    direction = re.findall(r"Drag the circle (\w+) then", page.utterance)[0]
    dx, dy = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}[direction]
    while not page.evaluate("() => document.querySelector('#area circle').hasAttribute('transform')"):
        start = page.spot("#area circle")
        end = Point(start.x + dx * NUDGE * SCALE, start.y + dy * NUDGE * SCALE)
        yield Move(f"Drag the circle {direction}.", Drag(path=(start, end)))
    yield page.press_button()


OWN: Final[Mapping[str, Oracle]] = {
    "use-slider": use_slider,
    "copy-paste": copy_paste,
    "copy-paste-2": copy_paste_2,
    "drag-item": drag_item,
}

TOUCH_ORACLES: Final[Mapping[str, Oracle]] = {
    name: OWN[name] if name in OWN else touched(ORACLES[name]) for name in MINIWOB if name not in WITHOUT_ORACLE
}
"""The oracles by the name of their task."""
