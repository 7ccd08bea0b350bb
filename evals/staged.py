"""An environment that a task has already set up."""

from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment


class StagedEnvironment(WrappedEnvironment):
    """The environment as the loop gets it: `reset` shows what the task's `setup` prepared instead of undoing it.

    Closing it leaves the environment open, so that its owner can use it for the next task.
    """

    def reset(self) -> Observation:
        """Return the first observation of the task."""
        return self.observe()

    def close(self) -> None:
        """Do nothing."""
