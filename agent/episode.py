"""How an episode went."""

from dataclasses import dataclass
from pathlib import Path

from handeye.actions.schema import Answer, Terminate
from handeye.agent.outcome import StopReason
from handeye.agent.step import Step


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode that has ended."""

    task: str
    steps: tuple[Step, ...]
    stop: StopReason
    message: str
    """One line on why it ended, where the reason alone does not say it; else empty."""
    seconds: float
    """Wall time, that of the processes before a resume included."""
    directory: Path | None
    """Where its journal is, if it has one."""

    @property
    def answer(self) -> str | None:
        """What the policy said at the end: its answer, or the message that it terminated with."""
        if not self.steps or self.steps[-1].stop is None:
            return None
        last = self.steps[-1]
        match last.decision.actions[len(last.outcomes) - 1]:
            case Answer(text=text) | Terminate(message=text):
                return text
        return None
