"""The page of targets as a screenshot shows it: where its parts lie, and on which pixel an event landed."""

import math
import time
from dataclasses import dataclass
from typing import Self

from PIL import Image, ImageChops

from handeye.actions.geometry import Box, Point
from handeye.environments.environment import Environment
from handeye.environments.targets import Event, Layout, TargetServer, TargetsNotShown

_MARKER = (255, 0, 170)
"""The colour of the square in the page's upper left corner, as targets.html has it."""
DONE = (0, 130, 60)
"""The colour of the page's `status` when what a button has begun is over."""
_TOLERANCE = 24
"""How far each channel may be off: a screen may be captured through a lossy video."""
FIND_SECONDS = 30.0
"""How long a page may take to appear: a browser may have to start for it."""
_AGAIN = 0.1
"""Seconds until a page that was not seen is looked for again."""
_ROUNDING = 0.02
"""Device px by which a browser's numbers may miss the edge of a pixel."""


@dataclass(frozen=True, slots=True)
class TargetsView:
    """Where the page lies on a screenshot, found by its pixels: nothing that an environment says is used for it."""

    layout: Layout
    origin: Point
    """The screenshot's pixel that shows the page's upper left corner."""

    @classmethod
    def find(cls, screenshot: Image.Image, layout: Layout) -> Self:
        """Find the page's upper left corner on an RGB screenshot; raise `TargetsNotShown` if it is not there."""
        mask = _like(screenshot, _MARKER)
        found = mask.getbbox()
        if found is None or mask.crop(found).getextrema() != (255, 255):
            raise TargetsNotShown("the page of targets cannot be seen: something else is shown, or lies over it")
        box = Box(*found)
        side = (layout.boxes["first"][2] - layout.boxes["first"][0]) * layout.ratio
        if abs(box.size.width - side) > 1 or abs(box.size.height - side) > 1:
            raise TargetsNotShown(
                f"the page's marker is {box.size} pixels and should be {side:g}: the page is zoomed, or partly covered"
            )
        return cls(layout, Point(box.left, box.top))

    def box(self, part: str) -> Box:
        """Return the pixels of the screenshot that a part of the page covers entirely."""
        left, top, right, bottom = (length * self.layout.ratio for length in self.layout.boxes[part])
        x, y = self.origin
        return Box(
            x + math.ceil(left - _ROUNDING),
            y + math.ceil(top - _ROUNDING),
            x + math.floor(right + _ROUNDING),
            y + math.floor(bottom + _ROUNDING),
        )

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
    """Wait until the newest page can be seen in the environment, at most `FIND_SECONDS`; return where it is.

    Raises `TargetsNotShown`, and what `observe` raises.
    """
    deadline = time.monotonic() + FIND_SECONDS
    while True:
        layout = server.layout(max(deadline - time.monotonic(), 0))
        try:
            return TargetsView.find(environment.observe().image, layout)
        except TargetsNotShown:
            if time.monotonic() > deadline:
                raise
        server.wait_quiet(_AGAIN, _AGAIN)  # a window is still being opened, or painted


def is_done(screenshot: Image.Image, view: TargetsView) -> bool:
    """Return whether the screenshot shows that what a button of the page has begun is over."""
    return _like(screenshot.crop(view.box("status")), DONE).getextrema() == (255, 255)


def _like(image: Image.Image, colour: tuple[int, int, int]) -> Image.Image:
    """Return a mask, in mode L, that is 255 where the image has about this colour and 0 elsewhere."""
    mask = Image.new("L", image.size, 255)
    for band, wanted in zip(image.split(), colour, strict=True):
        near = [255 if abs(value - wanted) <= _TOLERANCE else 0 for value in range(256)]
        mask = ImageChops.darker(mask, band.point(near))
    return mask
