"""What an environment around another one passes on."""

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation


class WrappedEnvironment(Closeable):
    """Another environment, for subclasses that change one thing of it."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        """The environment itself."""

    @property
    def name(self) -> str:
        """What the kind is called."""
        return self.environment.name

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that it carries out."""
        return self.environment.supported

    def reset(self) -> Observation:
        """Start afresh and return the first observation."""
        return self.environment.reset()

    def observe(self) -> Observation:
        """Return what is on the screen now."""
        return self.environment.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return what is on the screen then."""
        return self.environment.execute(action)

    def close(self) -> None:
        """Close the environment itself."""
        self.environment.close()
