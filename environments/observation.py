"""An observation: a screenshot, and what pixels do not show."""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from PIL import Image

from handeye.actions.geometry import Frame, Size, Transform
from handeye.environments.element import Element
from handeye.environments.errors import ActionPartial

WHOLE: Final = "whole screenshot"
"""The name of the frame of a screenshot of which an observation shows a part."""


class Tab(NamedTuple):
    """An open browser tab. Its position in `Observation.tabs` is the index that actions use."""

    title: str
    url: str
    active: bool


@dataclass(frozen=True)
class Observation:
    """One observation of a screen."""

    screenshot: bytes
    """Encoded as captured, usually PNG."""
    size: Size
    """The screenshot's size in pixels: the frame that actions' points refer to."""
    time: float
    """When it was captured, in seconds since 1970."""
    url: str | None = None
    title: str | None = None
    app: str | None = None
    """The app in front, on a phone or a desktop."""
    tabs: tuple[Tab, ...] = ()
    notices: tuple[str, ...] = ()
    """What pixels don't show, as text for the policy: an open dialog, a finished download, an open file chooser."""
    marks: tuple[Element, ...] = ()
    """The elements numbered on the screenshot, from 1: an action may give the number instead of a point."""
    shortfall: ActionPartial | None = None
    """What an environment that looks at the effect of an action found missing of it: the action that led here is then
    partial, though nothing in its course failed. A notice says the same."""
    transforms: tuple[Transform, ...] = ()
    """From the screenshot to the device's input, in the order in which they are applied to a point."""

    @cached_property
    def image(self) -> Image.Image:
        """The screenshot, decoded once on first access: RGB, of `size`."""
        with Image.open(io.BytesIO(self.screenshot)) as image:
            return image.convert("RGB")

    @property
    def part(self) -> Transform | None:
        """From this picture to the whole screenshot, if it shows a part of that enlarged."""
        return next((each for each in self.transforms[:1] if each.target.name == WHOLE), None)

    @property
    def frame(self) -> Frame:
        """The frame that points on this observation refer to."""
        return Frame("screenshot", self.size)
