"""The interface of policies."""

from typing import Protocol, runtime_checkable

from handeye.agent.decision import Decision
from handeye.agent.history import History


class Policy(Protocol):
    """Decides on the next actions from the history of the episode."""

    @property
    def name(self) -> str:
        """What the journal calls this policy, such as the name of its checkpoint."""

    def decide(self, history: History) -> Decision:
        """Answer the newest observation of `history`.

        A reply that cannot be read is a `Decision` with a `problem`, not an exception. A `HandeyeError` raised from
        here ends the episode as FAILED.
        """


@runtime_checkable
class Prompted(Protocol):
    """A policy that writes prompts; the journal records their format."""

    @property
    def prompt_format(self) -> str:
        """The name of the prompt format."""
