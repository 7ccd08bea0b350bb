"""One question or episode of a run, and what came of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Literal, TypeAlias

from handeye.actions.geometry import Point, Size
from handeye.evals.samples.region import Region, Spot

Fate: TypeAlias = Literal["right", "miss", "format", "error"]
"""What became of an answer: right, wrong, unreadable, or lost with the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One of the repeats at a question, or one episode."""

    repeat: int
    right: bool
    wrong_format: bool = False
    """Whether the reply could not be read."""
    error: str | None = None
    """Why the machine failed."""
    seconds: float = 0.0
    prompt_tokens: int | None = None
    """None if tokens were not counted."""
    generated_tokens: int | None = None
    visual_tokens: int | None = None
    """Of the image as the model saw it."""
    text: str = ""
    """The reply; of an episode, why it stopped."""
    reason: str = ""
    """Why it is wrong, where that is known."""
    size: Size | None = None
    """Of the screenshot, in pixels."""
    point: Spot | None = None
    """Where it pointed, in pixels of the screenshot, as exactly as it was answered."""
    distance: float | None = None
    """From the target, in pixels; 0 in it."""
    steps: int | None = None
    """Of an episode."""
    reward: float | None = None
    """Of an episode, on the eval's own scale."""
    page: str = ""
    """The episode's page, from the results folder; empty if there is none."""

    @property
    def pixel(self) -> Point | None:
        """The pixel that it pointed at."""
        return None if self.point is None else Point(math.floor(self.point.x), math.floor(self.point.y))

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.right:
            return "right"
        return "error" if self.error is not None else "format" if self.wrong_format else "miss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question or an episode, with its repeats."""

    id: str
    instruction: str
    cluster: str
    """Items of one cluster are not independent of each other."""
    answers: tuple[Answer, ...]
    """By repeat; at least one."""
    groups: Mapping[str, str] = field(default_factory=dict)
    image: Path | None = None
    """The file of the screenshot."""
    target: Region | None = None
    """Where the answer is right, in pixels of the screenshot."""

    @property
    def success(self) -> float:
        """The share of its repeats that are right."""
        return fmean(answer.right for answer in self.answers)

    @property
    def reward(self) -> float | None:
        """The mean reward of an episode's repeats, 0 where the machine failed; None of a question."""
        if any(answer.reward is None for answer in self.answers):
            return None
        return fmean(0.0 if answer.error is not None else answer.reward or 0.0 for answer in self.answers)
