"""The result of an episode."""

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
    """One line on why it ended, if the stop reason alone does not say it; otherwise empty."""
    seconds: float
    """Wall time, including that of the processes before a resume."""
    directory: Path | None
    """The folder of its journal, if it has one."""

    @property
    def answer(self) -> str | None:
        """What the policy said at the end: its answer, or the message of its terminate action."""
        if not self.steps or self.steps[-1].stop is None:
            return None
        last = self.steps[-1]
        match last.decision.actions[len(last.outcomes) - 1]:
            case Answer(text=text) | Terminate(message=text):
                return text
        return None
