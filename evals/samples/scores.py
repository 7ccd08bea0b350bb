"""The scores of a run by one judge."""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict

from handeye.evals.statistics.bootstrap import clustered
from handeye.evals.statistics.wilson import wilson


class Rate(BaseModel):
    """A share of samples, with its error bars at 95 %."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: int
    correct: float
    """With repeats, the sum over samples of the share of repeats that were right."""
    rate: float
    low: float
    """Wilson's interval, which takes the samples for independent."""
    high: float
    clustered_low: float
    """The interval by resampling images or episodes."""
    clustered_high: float

    @classmethod
    def of(cls, values: Sequence[float], clusters: Sequence[str]) -> Self:
        """Return the rate of samples, each right, wrong, or something between 1 and 0, and of the cluster given."""
        total, count = sum(values), len(values)
        low, high = wilson(min(total, count), count)
        clustered_low, clustered_high = clustered(values, clusters)
        return cls(
            samples=count,
            correct=total,
            rate=total / count if count else 0.0,
            low=low,
            high=high,
            clustered_low=clustered_low,
            clustered_high=clustered_high,
        )


class Scores(BaseModel):
    """What one judge says of all predictions of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: str
    protocol: str
    overall: Rate
    macro: float | None = None
    """The mean over the cells of the benchmark's groups; None if it has none."""
    cells: Mapping[str, Rate] = {}
    """By "value / value", what the macro average is over."""
    tables: Mapping[str, Mapping[str, Rate]] = {}
    """By the names of two groups, "platform / type", and their values, "mobile / icon"."""
    groups: Mapping[str, Mapping[str, Rate]] = {}
    """By the name of a group and its value."""
    parts: Mapping[str, Rate] = {}
    """The judge's further rates."""
    wrong_format: int = 0
    """Samples whose reply could not be read, all of them wrong; with repeats, replies."""
    errors: int = 0
    """Samples at which the machine failed, all of them wrong."""
    excluded: int = 0
    """Samples that the protocol leaves out."""
    missing: int = 0
    """Samples that have no prediction yet; in no rate."""
    confusion: Mapping[str, Mapping[str, int]] = {}
    """How often what was meant got what answer."""
    repeats: int = 1
    flip_rate: float | None = None
    """The share of samples whose repeats differ; None without repeats."""
    pass_hat: tuple[float, ...] = ()
    """pass^k for k from 1 to the number of repeats; empty without repeats."""
