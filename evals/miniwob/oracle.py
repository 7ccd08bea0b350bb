"""Oracles: each reads the page and gives the moves that solve the task, one at a time.

An oracle only reads. The moves are real actions at points of the screenshot, so playing an oracle tests the reward, the
geometry and the mouse and keyboard path together; its thoughts and actions are training data. Oracles decide from the
current page, so one that is started on a half-done or a wrong page continues from there.
"""

import contextlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Click, Type
from handeye.evals.miniwob import pages
from handeye.evals.task import Move as Move

LABEL_LENGTH = 36
"""Characters of a label that a thought repeats. Thoughts name what is done next, in 60 characters or fewer."""

_BY_TEXT = """([selector, text]) => [...document.querySelectorAll(selector)]
  .filter(element => text === null || element.textContent.trim() === text)"""

_POINT = """([argument, clip]) => {
  const found = (FIND)(argument) ?? [];
  const fractions = [0.5, 0.375, 0.625, 0.25, 0.75, 0.125, 0.875];
  const spots = fractions.flatMap(x => fractions.map(y => [x, y]))
    .sort((a, b) => Math.hypot(a[0] - 0.5, a[1] - 0.5) - Math.hypot(b[0] - 0.5, b[1] - 0.5));
  for (const element of found instanceof Element ? [found] : found) {
    const parts = [...element.getClientRects()].map(part => [
      Math.max(part.left, clip[0]), Math.max(part.top, clip[1]),
      Math.min(part.right, clip[2]), Math.min(part.bottom, clip[3])]);
    parts.sort((a, b) => (b[2] - b[0]) * (b[3] - b[1]) - (a[2] - a[0]) * (a[3] - a[1]));
    for (const [left, top, right, bottom] of parts) {
      if (right <= left || bottom <= top) continue;
      for (const [x, y] of spots) {
        const point = [left + (right - left) * x, top + (bottom - top) * y];
        const hit = document.elementFromPoint(...point);
        if (hit && element.contains(hit)) return point;
      }
    }
  }
  return null;
}"""

_BOX = """argument => {
  const found = (FIND)(argument) ?? [];
  const element = found instanceof Element ? found : found[0];
  if (!element) return null;
  const { left, top, right, bottom } = element.getBoundingClientRect();
  return [left, top, right, bottom];
}"""


class TargetNotVisible(HandeyeError):
    """An oracle's target is outside of the observed part of the page, or covered."""


class PageReader:
    """Reads a page for an oracle; answers in pixels of the screenshot.

    It needs nothing but `evaluate`, so it reads a `BrowserEnvironment` and a bare Playwright page alike.
    `clip` is the observed part of the viewport in CSS px, `scale` the screenshot's pixels per CSS px, `utterance` the
    instruction, if it is known already.

    The JavaScript that `box` and `point` take is a function of one argument that returns an element, or elements of
    which the first visible one is used.
    """

    def __init__(
        self,
        evaluate: pages.Evaluate,
        *,
        clip: Box = pages.CLIP,
        scale: float = pages.DEVICE_SCALE_FACTOR,
        utterance: str | None = None,
    ) -> None:
        self._utterance = utterance
        self._evaluate = evaluate
        self._clip = clip
        self._scale = scale

    @cached_property
    def utterance(self) -> str:
        """The instruction of the episode."""
        return pages.utterance(self._evaluate) if self._utterance is None else self._utterance

    @property
    def quoted(self) -> list[str]:
        """The parts of the instruction in double quotes."""
        return re.findall(r'"([^"]*)"', self.utterance)

    def evaluate(self, js: str, argument: object = None) -> Any:
        """Evaluate a JavaScript function of one argument."""
        return self._evaluate(js, argument)

    def text(self, selector: str) -> str:
        """Return the trimmed text of the first element that matches."""
        return str(self.evaluate("s => document.querySelector(s).textContent.trim()", selector))

    def texts(self, selector: str) -> list[str]:
        """Return the trimmed texts of all elements that match, in the page's order."""
        return list(self.evaluate("s => [...document.querySelectorAll(s)].map(e => e.textContent.trim())", selector))

    def value(self, selector: str) -> str:
        """Return the value of the first input that matches."""
        return str(self.evaluate("s => document.querySelector(s).value", selector))

    def focused(self, selector: str) -> bool:
        """Return whether an element that matches has the keyboard's focus."""
        return bool(self.evaluate("s => document.activeElement.matches(s)", selector))

    def box(self, js: str, argument: object = None) -> Box:
        """Return the box around an element, clipped to the screenshot; raise TargetNotVisible if nothing is left."""
        edges = self.evaluate(_BOX.replace("FIND", js), argument)
        if edges is not None:
            clip = self._clip
            left, top = self.pixel(max(edges[0], clip.left), max(edges[1], clip.top))
            right, bottom = self.pixel(min(edges[2], clip.right), min(edges[3], clip.bottom), math.ceil)
            if left < right and top < bottom:
                return Box(left, top, right, bottom)
        raise TargetNotVisible(f"{argument!r} is not visible: {js}")

    def sees(self, selector: str, text: str | None = None) -> bool:
        """Return whether an element that matches could be clicked now."""
        return self.evaluate(_POINT.replace("FIND", _BY_TEXT), [[selector, text], list(self._clip)]) is not None

    def point(self, js: str, argument: object = None) -> Point:
        """Return a point of an element that a click reaches, as near to its centre as possible."""
        spot = self.evaluate(_POINT.replace("FIND", js), [argument, list(self._clip)])
        if spot is None:
            raise TargetNotVisible(f"{argument!r} is not visible: {js}")
        return Point(*self.pixel(*spot))

    def spot(self, selector: str, text: str | None = None) -> Point:
        """Return a point of the first visible element that matches, and has exactly the text if one is given."""
        return self.point(_BY_TEXT, [selector, text])

    def click(self, thought: str, selector: str, text: str | None = None) -> Move:
        """Return the click on the first visible element that matches, and has exactly the text if one is given."""
        return Move(thought, Click(point=self.spot(selector, text)))

    def press_button(self, selector: str = "#subbtn") -> Move:
        """Return the click on a button, named by the label that it shows; most forms end with the default one."""
        return self.click(f"Click the button {quote(self.text(selector))}.", selector)

    def fill(self, thought: str, selector: str, text: str) -> Iterator[Move]:
        """Click a text box and type, until it contains the text."""
        while (value := self.value(selector)) != text:
            if self.focused(selector):
                yield Move(f"Type {quote(text)}.", Type(text=text, clear=value != ""))
            else:
                yield self.click(thought, selector)

    def pixel(self, x: float, y: float, rounded: Callable[[float], int] = math.floor) -> tuple[int, int]:
        """Return the screenshot pixel in which a point of the viewport (CSS px) lies."""
        return rounded((x - self._clip.left) * self._scale), rounded((y - self._clip.top) * self._scale)


def quote(text: str) -> str:
    """Return a label or a text as a thought writes it: in double quotes, and shortened if too long."""
    return f'"{text}"' if len(text) <= LABEL_LENGTH else f'"{text[: LABEL_LENGTH - 1]}…"'


Oracle: TypeAlias = Callable[[PageReader], Iterator[Move]]

Alternatives: TypeAlias = Callable[[PageReader], Sequence[tuple[str, Move]]]
"""Other instructions that fit the initial page, each with the first move that answers it."""


def reachable(candidates: Iterable[tuple[str, Callable[[], Move]]]) -> list[tuple[str, Move]]:
    """Keep the candidates whose target can be seen and clicked."""
    kept = []
    for utterance, move in candidates:
        with contextlib.suppress(TargetNotVisible):
            kept.append((utterance, move()))
    return kept
