"""An environment that can show a part of its screen enlarged."""

import io
from dataclasses import replace
from typing import Final

from PIL import Image

from handeye.actions.carry import carried
from handeye.actions.geometry import Box, Frame, OutOfFrame, Point, Size, Transform
from handeye.actions.schema import Action, Zoom
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.observation import WHOLE, Observation
from handeye.environments.wrapped import WrappedEnvironment

LEAST: Final = 16
"""The least side of a part that can be shown, in pixels of the screenshot."""


_NARROWEST: Final = 100
"""How many times longer than wide a part may be: models refuse pictures of more than 200 times."""


class ZoomedEnvironment(WrappedEnvironment):
    """Wraps an environment and carries out `zoom` on its screenshots; everything else is passed on.

    After a zoom the observation is the part, enlarged to at most the size of the screenshot, and its points are pixels
    of that picture. The next action is carried out where it points on the screen, and shows the whole screen again;
    a further zoom enlarges a part of the part.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._part: Transform | None = None
        """From the enlarged picture to the screenshot; None while the whole screen is shown."""

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that it carries out."""
        return self.environment.supported | {"zoom"}

    def reset(self) -> Observation:
        """Start from scratch and return the first observation."""
        self._part = None
        return self.environment.reset()

    def observe(self) -> Observation:
        """Return the whole screen."""
        self._part = None
        return self.environment.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return the resulting observation. Raises `ActionRejected` for too small a part."""
        part = self._part
        whole = action if part is None else carried(action, part)
        if isinstance(whole, Zoom):
            return self._enlarged(whole.box)
        self._part = None
        if part is None:
            return self.environment.execute(whole)
        try:
            seen = self.environment.execute(whole)
        except ActionPartial as error:
            raise _told(error, part) from None
        return seen if seen.shortfall is None else replace(seen, shortfall=_told(seen.shortfall, part))

    def _enlarged(self, box: Box) -> Observation:
        seen = self.environment.observe()
        seen.frame.require_box(box)
        if min(box.size) < LEAST:
            raise ActionRejected(f"{box} is too small to be shown enlarged: each side needs {LEAST} pixels")
        if max(box.size) > _NARROWEST * min(box.size):
            raise ActionRejected(f"{box} is too narrow to be shown enlarged: choose a part of another shape")
        (width, height), (most_width, most_height) = box.size, seen.size
        factor = min(most_width / width, most_height / height)
        size = Size(max(1, round(width * factor)), max(1, round(height * factor)))
        file = io.BytesIO()
        seen.image.crop(box).resize(size, Image.Resampling.LANCZOS).save(file, "PNG")
        self._part = Transform(Frame("screenshot", size), Frame(WHOLE, box.size, Point(box.left, box.top)))
        notice = (
            f"This is a part of the screen, {box} of {seen.size} pixels, enlarged; point at what is in it, or do "
            "anything else, and the whole screen is shown again."
        )
        return replace(
            seen,
            screenshot=file.getvalue(),
            size=size,
            marks=(),
            notices=(*seen.notices, notice),
            transforms=(self._part, *seen.transforms),
        )


def _told(error: ActionPartial, part: Transform) -> ActionPartial:
    """Return the error with what was done in pixels of the enlarged picture, which the action's points refer to."""
    try:
        done = None if error.done is None else carried(error.done, part.inverse())
    except OutOfFrame:
        done = None
    return ActionPartial(str(error), done)
