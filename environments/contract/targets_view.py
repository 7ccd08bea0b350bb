"""The page of targets on a screenshot: where its parts lie, and on which pixel an event landed."""

import math
import time
from dataclasses import dataclass
from typing import Self

from PIL import Image, ImageChops

from handeye.actions.geometry import Box, Point
from handeye.environments.contract.targets import Event, Layout, TargetServer, TargetsNotShown
from handeye.environments.environment import Environment

_FIRST, _LAST = (255, 0, 170), (0, 170, 255)
"""The colours of the squares in the page's upper left and lower right corner, as targets.html has them."""
DONE = (0, 130, 60)
"""The colour of the page's `status` when a process started by a button is over."""
_TOLERANCE = 24
"""The tolerance of each channel: a screen may be captured through lossy video."""
FIND_SECONDS = 30.0
"""How long a page may take to appear: a browser may have to start first."""
_STILL = 0.25
"""Seconds for which a page must stay unchanged; a new window takes a moment to reach its size."""
_ROUNDING = 0.02
"""Device px by which a browser's coordinates may miss a pixel's edge."""


@dataclass(frozen=True, slots=True)
class TargetsView:
    """Where the page lies on a screenshot, found by its pixels alone, without anything the environment reports."""

    layout: Layout
    origin: Point
    """The screenshot's pixel that shows the page's upper left corner."""

    @classmethod
    def find(cls, screenshot: Image.Image, layout: Layout) -> Self:
        """Find the page on an RGB screenshot; raise `TargetsNotShown` if it is missing or incomplete."""
        mask = _like(screenshot, _FIRST)
        found = mask.getbbox()
        if found is None or mask.crop(found).getextrema() != (255, 255):
            raise TargetsNotShown("the page of targets cannot be seen: something else is shown or covers it")
        box = Box(*found)
        side = (layout.boxes["first"][2] - layout.boxes["first"][0]) * layout.ratio
        if abs(box.size.width - side) > 1 or abs(box.size.height - side) > 1:
            raise TargetsNotShown(
                f"the page's marker is {box.size} pixels instead of {side:g}: the page is zoomed or partly covered"
            )
        view = cls(layout, Point(box.left, box.top))
        if not view.shows(screenshot, "last", _LAST):
            raise TargetsNotShown("only part of the page of targets can be seen: something covers it")
        return view

    def box(self, part: str) -> Box:
        """Return the screenshot pixels that lie entirely within a part of the page."""
        left, top, right, bottom = (length * self.layout.ratio for length in self.layout.boxes[part])
        x, y = self.origin
        return Box(
            x + math.ceil(left - _ROUNDING),
            y + math.ceil(top - _ROUNDING),
            x + math.floor(right + _ROUNDING),
            y + math.floor(bottom + _ROUNDING),
        )

    def shows(self, screenshot: Image.Image, part: str, colour: tuple[int, int, int]) -> bool:
        """Return whether a part of the page has this colour everywhere on the screenshot."""
        return _like(screenshot.crop(self.box(part)), colour).getextrema() == (255, 255)

    def center(self, part: str) -> Point:
        """Return the middle pixel of a part."""
        return self.box(part).center

    def landed(self, event: Event) -> Point:
        """Return the pixel of the screenshot on which a pointer event landed."""
        ratio = self.layout.ratio
        return Point(
            self.origin.x + math.floor(event.x * ratio + _ROUNDING),
            self.origin.y + math.floor(event.y * ratio + _ROUNDING),
        )


def find_shown(environment: Environment, server: TargetServer) -> TargetsView:
    """Wait until the newest page is entirely visible and stable, at most `FIND_SECONDS`; return its view.

    Raises `TargetsNotShown`, and whatever `observe` raises.
    """
    deadline = time.monotonic() + FIND_SECONDS
    found: TargetsView | None = None
    while True:
        layout = server.layout(max(deadline - time.monotonic(), 0))
        try:
            view = TargetsView.find(environment.observe().image, layout)
        except TargetsNotShown:
            if time.monotonic() > deadline:
                raise
            view = None
        if view is not None and view == found:
            return view
        found = view
        server.wait_quiet(_STILL, _STILL)  # a window is still opening or growing to its size


def _like(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Return a mask in mode L that is 255 where the image has about this colour and 0 elsewhere."""
    mask = Image.new("L", image.size, 255)
    for band, wanted in zip(image.split(), colour, strict=True):
        near = [255 if abs(value - wanted) <= _TOLERANCE else 0 for value in range(256)]
        mask = ImageChops.darker(mask, band.point(near))
    return mask
