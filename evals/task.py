"""What an eval asks and how it judges: the protocol of its tasks.

A task is one instance, made from a name and a seed. It sets the screen up, judges what was done there by itself, and
can say the moves that solve it, so that the environment and the score are proven without any model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from handeye.actions.schema import Action
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
    """Why, where the eval says so."""


class Task(Protocol[EnvironmentT]):
    """One instance of what an eval asks."""

    @property
    def name(self) -> str:
        """What it is an instance of."""

    @property
    def seed(self) -> int:
        """Which instance it is."""

    def setup(self, environment: EnvironmentT) -> str:
        """Bring the environment to where the task begins, and return the instruction."""

    def ended(self) -> bool:
        """Say whether the task is over, so that nothing done from now on counts."""

    def score(self) -> Score:
        """Judge what has been done so far."""

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the task, each decided when it is asked for from what the screen shows then."""

    def teardown(self) -> None:
        """Give back what `setup` took. The environment stays open."""
