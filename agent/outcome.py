"""The outcome of an action, and the reasons why an episode ends."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from handeye.actions.schema import Action
from handeye.environments.observation import Observation

INTERRUPTED = "interrupted before the outcome was known"
"""The message of an unknown outcome."""

Status = Literal["executed", "partial", "rejected", "denied", "problem", "lost", "unknown"]


class StopReason(StrEnum):
    """Why an episode ended."""

    SUCCESS = "success"
    """The policy said that the task is done."""
    FAILURE = "failure"
    """The policy gave up."""
    INFEASIBLE = "infeasible"
    """The policy said that the task cannot be done."""
    ANSWERED = "answered"
    """The policy answered the question in the task."""
    TASK_ENDED = "task_ended"
    """The task itself was over."""
    STEP_LIMIT = "step_limit"
    TIME_LIMIT = "time_limit"
    TOKEN_LIMIT = "token_limit"
    PROBLEM_LIMIT = "problem_limit"
    """Too many steps in a row did nothing."""
    DENIED = "denied"
    """The approver ended the episode."""
    INTERRUPTED = "interrupted"
    """Ctrl-C."""
    FAILED = "failed"
    """The environment, the policy or the journal was lost."""

    @property
    def succeeded(self) -> bool:
        """True when the policy claims to have done the task. Only an eval verifies the claim."""
        return self in {StopReason.SUCCESS, StopReason.ANSWERED}

    @property
    def final(self) -> bool:
        """True when the episode is complete, so there is nothing to resume."""
        return self.succeeded or self in {StopReason.FAILURE, StopReason.INFEASIBLE, StopReason.TASK_ENDED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one action, or of a reply without an action."""

    status: Status
    """executed: the action was carried out. partial: only part of it was. rejected: it is not possible, and nothing
    happened. denied: it was not allowed. problem: the reply could not be read. lost: the environment was lost during
    the action. unknown: the action was started, but its outcome was not recorded."""
    message: str = ""
    """What the policy should know about the outcome."""
    observation: Observation | None = None
    """The observation after the action; None if nothing could have changed or nothing could be observed."""
    stop: StopReason | None = None
    """Set when the episode ends with this action."""
    seconds: float = 0.0
    done: Action | None = None
    """Of a partial outcome, the action that describes the part that was done; None if none does."""
