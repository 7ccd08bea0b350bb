"""What carrying out one action did, and why an episode ends."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from handeye.environments.observation import Observation

INTERRUPTED = "interrupted before it was known whether it happened"
"""The message of an outcome that is unknown."""

Status = Literal["executed", "rejected", "denied", "problem", "lost", "unknown"]


class StopReason(StrEnum):
    """Why an episode ended."""

    SUCCESS = "success"
    """The policy said that the task is done."""
    FAILURE = "failure"
    """The policy gave up."""
    INFEASIBLE = "infeasible"
    """The policy said that the task cannot be done."""
    ANSWERED = "answered"
    """The policy answered the question that the task asks."""
    TASK_ENDED = "task_ended"
    """The task itself was over."""
    STEP_LIMIT = "step_limit"
    TIME_LIMIT = "time_limit"
    TOKEN_LIMIT = "token_limit"
    PROBLEM_LIMIT = "problem_limit"
    """Too many steps in a row did nothing."""
    DENIED = "denied"
    """Whoever approves actions ended the episode."""
    INTERRUPTED = "interrupted"
    """Ctrl-C."""
    FAILED = "failed"
    """The environment, the policy or the journal was lost."""

    @property
    def succeeded(self) -> bool:
        """True when the policy claims to have done what was asked. Whether that is so, a score says."""
        return self in {StopReason.SUCCESS, StopReason.ANSWERED}

    @property
    def final(self) -> bool:
        """True when the episode came to its own end, so that nothing is left to resume."""
        return self.succeeded or self in {StopReason.FAILURE, StopReason.INFEASIBLE, StopReason.TASK_ENDED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action, or of a reply without one."""

    status: Status
    """executed: it was carried out. rejected: it cannot be, and nothing happened. denied: it may not be.
    problem: the reply could not be read. lost: the environment was lost over it. unknown: it was begun, and whether
    it happened was not recorded."""
    message: str = ""
    """What the policy should know about it."""
    observation: Observation | None = None
    """What was seen afterwards; None where nothing could have changed or nothing could be seen."""
    stop: StopReason | None = None
    """Set when the episode ends with this action."""
    seconds: float = 0.0
