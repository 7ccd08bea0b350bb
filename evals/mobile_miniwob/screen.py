"""The screen that shows the pages, whichever of the two it is."""

import math
from collections.abc import Callable
from typing import Protocol

from handeye.actions.geometry import Box, Point
from handeye.environments.environment import Environment
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.mobile_miniwob.protocol import SCALE


class PageScreen(Environment, Protocol):
    """An environment that shows one page, which a harness reads and judges."""

    def show(self, url: str) -> None:
        """Start from scratch, show a page and wait until it has loaded. Raises `HandeyeError`."""

    def evaluate(self, expression: str, argument: object = None) -> object:
        """Evaluate a JavaScript function of one argument in the page. Raises `ScriptFailed`, also without a page."""

    def reader(self) -> PageReader:
        """Return what an oracle reads the page with."""


class PlacedReader(PageReader):
    """Reads a page that begins somewhere on the screenshot."""

    def __init__(self, evaluate: pages.Evaluate, place: Box) -> None:
        """`place` is where the page is on the screenshot, in pixels."""
        size = place.size
        super().__init__(evaluate, clip=Box(0, 0, size.width // SCALE, size.height // SCALE), scale=SCALE)
        self._origin = Point(place.left, place.top)

    def pixel(self, x: float, y: float, rounded: Callable[[float], int] = math.floor) -> tuple[int, int]:
        """Return the screenshot pixel in which a point of the page (CSS px) lies."""
        across, down = super().pixel(x, y, rounded)
        return self._origin.x + across, self._origin.y + down
