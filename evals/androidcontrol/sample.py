"""One step of an episode."""

import json
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.screen import NOTHING_KNOWN, Screen
from handeye.evals.androidcontrol.scroll import Scroll
from handeye.evals.androidcontrol.truth import Truth, written
from handeye.evals.samples.sample import Sample

Level: TypeAlias = Literal["high", "low"]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
USUAL_SCREEN: Final = Size(1080, 2400)
"""Most screens of AndroidControl have it; some protocols take all of them to have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSample(Sample):
    """A step to take. `instruction` is the goal of the episode, at the low level what this step is to do."""

    level: Level
    goal: str
    """Of the whole episode; empty where a copy of the benchmark leaves it out."""
    step: str
    """What this step is to do, in words."""
    truth: Truth
    """What a person did."""
    history: tuple[Truth, ...] = ()
    """What was done before, in pixels of the screenshots."""
    size: Size | None = None
    """Of the screenshot; None if it is not known before the image is read."""
    screen: Screen = NOTHING_KNOWN
    scroll: Scroll = Scroll.PROTOCOL

    @property
    def asked(self) -> str:
        """The level, the instructions and the history, which says scrolls in the convention."""
        earlier = [written(truth) for truth in self.history]
        return json.dumps([self.level, self.goal, self.step, earlier, self.scroll], ensure_ascii=False)
