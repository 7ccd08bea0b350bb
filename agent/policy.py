"""The interface of policies."""

from typing import NamedTuple, Protocol, runtime_checkable

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


class ProfileId(NamedTuple):
    """Which profile a policy prompts its model by."""

    name: str
    hash: str
    """Changes with anything in the profile that the model would notice."""


@runtime_checkable
class Profiled(Protocol):
    """A policy that prompts a model by a profile; the journal records which."""

    @property
    def profile_id(self) -> ProfileId:
        """The name and the hash of the profile."""
