"""One turn of the loop."""

from dataclasses import dataclass

from handeye.agent.decision import Decision
from handeye.agent.outcome import Outcome, StopReason
from handeye.environments.observation import Observation


@dataclass(frozen=True, slots=True)
class Step:
    """An observation, the decision on it, and the outcomes."""

    index: int
    """Counts from 0."""
    observation: Observation
    decision: Decision
    outcomes: tuple[Outcome, ...]
    """One for each action that was tried, in order; one for a reply that could not be read. Fewer than the decision's
    actions when the batch ended early; none when the episode was interrupted before anything was tried."""

    @property
    def executed(self) -> bool:
        """True when at least one action was carried out, or part of one."""
        return any(outcome.status in {"executed", "partial"} for outcome in self.outcomes)

    @property
    def stop(self) -> StopReason | None:
        """Why the episode ended with this step, if it did."""
        return self.outcomes[-1].stop if self.outcomes else None

    @property
    def remark(self) -> str:
        """What the policy should be told about this step beyond its own words; empty if everything went as decided."""
        remarks = []
        for outcome in self.outcomes:
            if outcome.status == "executed":
                remarks.append(outcome.message)
            else:
                remarks.append(f"{outcome.status}: {outcome.message}" if outcome.message else outcome.status)
        left = 0 if self.decision.problem is not None else len(self.decision.actions) - len(self.outcomes)
        if left > 0:
            remarks.append(f"{left} more not executed" if self.outcomes else "not executed: interrupted")
        return "; ".join(remark for remark in remarks if remark)
