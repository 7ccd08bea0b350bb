"""What BrowserGym shows after a step, checked, as an observation of ours."""

import io
import time
from typing import Annotated, Final

from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from handeye.actions.geometry import Size
from handeye.agent.caption import printable
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation, Tab

_LONGEST_ERROR: Final = 300
_LARGEST: Final = 20_000
"""The longest side of a screenshot, in pixels."""


class Shown(BaseModel):
    """What the adapter sends with each screenshot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    goal: tuple[str, ...]
    """The parts of the goal that are text."""
    pictures: Annotated[int, Field(ge=0)] = 0
    """How many parts of the goal are pictures."""
    urls: tuple[str, ...]
    """Of the open tabs, as BrowserGym numbers them."""
    titles: tuple[str, ...]
    active: Annotated[int, Field(ge=0)]
    error: str
    """What the last action raised; empty if nothing."""
    reward: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    """Of the last step, on BrowserGym's scale."""
    raw: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """MiniWoB's own reward."""
    reason: str = ""
    terminated: bool = False
    truncated: bool = False

    @property
    def ended(self) -> bool:
        """Whether the episode is over."""
        return self.terminated or self.truncated

    @property
    def instruction(self) -> str:
        """The goal, in words."""
        text = "\n".join(part for part in self.goal if part.strip()).strip()
        if self.pictures == 0:
            return text
        return f"{text}\n(The task comes with {self.pictures} more picture(s), which cannot be shown here.)".strip()

    @property
    def problem(self) -> str:
        """What the last action raised, on one line; empty if nothing."""
        lines = [line for line in self.error.splitlines() if line.strip()]
        return printable(lines[0].strip())[:_LONGEST_ERROR] if lines else ""

    def observation(self, screenshot: bytes) -> Observation:
        """Return it with its screenshot. Raises `EnvironmentLost` if that is no picture."""
        tabs = tuple(
            Tab(title, url, number == self.active)
            for number, (title, url) in enumerate(zip(self.titles, self.urls, strict=False))
        )
        active = next((tab for tab in tabs if tab.active), None)
        return Observation(
            screenshot=screenshot,
            size=_size(screenshot),
            time=time.time(),
            url=None if active is None else active.url,
            title=None if active is None else active.title,
            tabs=tabs,
        )


def read_shown(value: JsonValue) -> Shown:
    """Return what the adapter said. Raises `EnvironmentLost` if it is something else."""
    try:
        return Shown.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise EnvironmentLost(
            f"BrowserGym's side sent something else than it should: {place}: {first['msg']}"
        ) from None


def _size(screenshot: bytes) -> Size:
    try:
        with Image.open(io.BytesIO(screenshot), formats=("PNG",)) as image:
            size = Size(*image.size)
    except (UnidentifiedImageError, OSError, ValueError):
        raise EnvironmentLost("BrowserGym's screenshot cannot be read") from None
    if max(size) > _LARGEST:
        raise EnvironmentLost(f"BrowserGym's screenshot is too large: {size}")
    return size
