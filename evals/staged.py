"""An environment that a task has already set up."""

from types import TracebackType
from typing import Self

from handeye.actions.schema import Action
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation


class StagedEnvironment:
    """The environment as the loop gets it: its `reset` shows what the task's `setup` made instead of undoing it.

    Closing it leaves the environment open: whoever opened that uses it for the next task.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    @property
    def name(self) -> str:
        """What the kind is called."""
        return self._environment.name

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that it carries out."""
        return self._environment.supported

    def reset(self) -> Observation:
        """Return the first observation of the task."""
        return self._environment.observe()

    def observe(self) -> Observation:
        """Return what is on the screen now."""
        return self._environment.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return what is on the screen then."""
        return self._environment.execute(action)

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
