"""A policy that plays decisions written beforehand, for tests and demonstrations."""

from collections.abc import Iterable

from handeye.actions.schema import Action
from handeye.agent.decision import Decision
from handeye.agent.errors import ScriptEnded
from handeye.agent.history import History


class ScriptedPolicy:
    """Plays one item of `decisions` for each step: a whole decision, or one action.

    The item for a step is found by the number of steps in the history, so a resumed episode goes on where it was.
    """

    def __init__(self, decisions: Iterable[Decision | Action], *, name: str = "scripted") -> None:
        self.name = name
        self.decisions = [item if isinstance(item, Decision) else as_decision(item) for item in decisions]

    def decide(self, history: History) -> Decision:
        """Return the decision written for this step; raise `ScriptEnded` after the last one."""
        index = len(history.steps)
        if index >= len(self.decisions):
            raise ScriptEnded(f"the script holds {len(self.decisions)} decisions and step {index + 1} needs another")
        return self.decisions[index]


def as_decision(action: Action) -> Decision:
    """Return the decision to carry out one action."""
    return Decision(text="", thought="", actions=(action,))
