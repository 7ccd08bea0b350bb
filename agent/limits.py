"""The limits of an episode."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handeye.agent.errors import InvalidLimits
from handeye.agent.outcome import StopReason
from handeye.agent.step import Step


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one episode; None is unlimited. They are checked before each step."""

    steps: int | None = 30
    seconds: float | None = None
    problems: int | None = 3
    """Consecutive steps that did nothing: unreadable, rejected or denied."""
    tokens: int | None = None
    """Tokens read and generated; cached tokens do not count."""

    def __post_init__(self) -> None:
        for name in ("steps", "seconds", "problems", "tokens"):
            value = getattr(self, name)
            if value is not None and (math.isnan(value) or value < 0):
                raise InvalidLimits(f"the limit {name} is {value}: it must be 0 or more")
        if self.problems == 0:
            raise InvalidLimits("the limit problems is 0, so no step could be taken: it must be 1 or more")

    def reached(self, steps: Sequence[Step], seconds: float) -> StopReason | None:
        """Return why no further step may be taken after `steps` and `seconds` of wall time, or None."""
        if self.steps is not None and len(steps) >= self.steps:
            return StopReason.STEP_LIMIT
        if self.seconds is not None and seconds >= self.seconds:
            return StopReason.TIME_LIMIT
        if self.tokens is not None and tokens_spent(steps) >= self.tokens:
            return StopReason.TOKEN_LIMIT
        if self.problems is not None and problems_in_a_row(steps) >= self.problems:
            return StopReason.PROBLEM_LIMIT
        return None


def tokens_spent(steps: Sequence[Step]) -> int:
    """Return how many tokens were read and generated in `steps`."""
    counts = [step.decision.tokens for step in steps if step.decision.tokens is not None]
    return sum(count.prompt - count.cached + count.generated for count in counts)


def problems_in_a_row(steps: Sequence[Step]) -> int:
    """Return how many of the last `steps` did nothing."""
    for count, step in enumerate(reversed(steps)):
        if step.executed:
            return count
    return len(steps)
