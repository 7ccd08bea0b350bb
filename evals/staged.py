"""An environment that a task has already set up."""

from handeye.environments.observation import Observation
from handeye.environments.wrapped import WrappedEnvironment


class StagedEnvironment(WrappedEnvironment):
    """The environment as the loop gets it: its `reset` shows what the task's `setup` made instead of undoing it.

    Closing it leaves the environment open: whoever opened that uses it for the next task.
    """

    def reset(self) -> Observation:
        """Return the first observation of the task."""
        return self.observe()

    def close(self) -> None:
        """Do nothing."""
