"""The protocol of an eval's tasks: what they ask, and how they are judged.

A task is one instance, made from a name and a seed. It sets up the screen, judges what was done there, and can give the
moves that solve it, so that the environment and the score can be tested without a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from handeye.actions.schema import Action
from handeye.agent.episode import Episode
from handeye.environments.environment import Environment

EnvironmentT = TypeVar("EnvironmentT", bound=Environment, contravariant=True)


@dataclass(frozen=True, slots=True)
class Move:
    """One step of an oracle. The action's points are pixels of the screenshot."""

    thought: str
    action: Action


@dataclass(frozen=True, slots=True)
class Score:
    """An eval's verdict on one episode."""

    reward: float
    """On the eval's own scale."""
    success: bool
    reason: str = ""
    """The reason for it, if the eval gives one."""


class Task(Protocol[EnvironmentT]):
    """One instance of a task of an eval."""

    @property
    def name(self) -> str:
        """The name that all its instances share."""

    @property
    def seed(self) -> int:
        """Which instance it is."""

    def setup(self, environment: EnvironmentT) -> str:
        """Prepare the environment for the task, and return the instruction."""

    def ended(self) -> bool:
        """Return whether the task is over, so that nothing done from now on counts."""

    def score(self) -> Score:
        """Judge what has been done so far."""

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the task; each is decided when requested, from what the screen then shows."""

    def teardown(self) -> None:
        """Release what `setup` acquired. The environment stays open."""


@runtime_checkable
class Concluded(Protocol):
    """A task whose score depends on how the episode ended, or on what the policy said then."""

    def conclude(self, episode: Episode) -> None:
        """Take note of the episode; called before `score`."""
