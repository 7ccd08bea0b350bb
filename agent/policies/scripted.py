"""A policy that plays back a fixed list of decisions, for tests and demonstrations."""

from collections.abc import Iterable

from handeye.actions.schema import Action
from handeye.agent.decision import Decision
from handeye.agent.errors import ScriptEnded
from handeye.agent.history import History


class ScriptedPolicy:
    """Returns one item of `decisions` per step: a whole decision, or one action.

    The number of steps in the history selects the item, so a resumed episode continues where it stopped.
    """

    def __init__(self, decisions: Iterable[Decision | Action], *, name: str = "scripted") -> None:
        self.name = name
        self.decisions = [item if isinstance(item, Decision) else as_decision(item) for item in decisions]

    def decide(self, history: History) -> Decision:
        """Return the decision for this step; raise `ScriptEnded` after the last one."""
        index = len(history.steps)
        if index >= len(self.decisions):
            raise ScriptEnded(
                f"the script holds {len(self.decisions)} decisions, but step {index + 1} needs another one"
            )
        return self.decisions[index]


def as_decision(action: Action) -> Decision:
    """Return a decision to carry out one action."""
    return Decision(text="", thought="", actions=(action,))
