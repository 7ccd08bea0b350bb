"""A judge decides whether a prediction is right, by one published protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.sample import Sample

SampleT = TypeVar("SampleT", bound=Sample, contravariant=True)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says of one prediction."""

    correct: bool
    wrong_format: bool = False
    """Whether the reply could not be read. It is wrong, and counted apart from misses."""
    counted: bool = True
    """False leaves the sample out of every rate, as some protocols do with some samples."""
    parts: Mapping[str, bool] = field(default_factory=dict)
    """Further rates, such as {"type": True}: each over the samples that have it."""
    distance: float | None = None
    """How far the point is from the target, in pixels; 0 in it, None where there is no point or no target."""
    said: str = ""
    """What was answered, in a word, for a confusion matrix; empty for none."""
    meant: str = ""
    """What should have been answered."""
    reason: str = ""
    """Why it is wrong, where that is not plain."""


class Judge(Protocol[SampleT]):
    """Judges predictions by one protocol. It needs no model and no image."""

    @property
    def name(self) -> str:
        """What `--judge` takes."""

    @property
    def protocol(self) -> str:
        """What it counts as right, in a line, with its source."""

    def judge(self, sample: SampleT, prediction: Prediction) -> Verdict:
        """Judge a prediction without an error; one with an error is wrong for every judge."""
