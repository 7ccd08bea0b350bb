"""A base class for environments that wrap another one."""

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action
from handeye.environments.environment import Environment
from handeye.environments.names import app_names, secret_names
from handeye.environments.observation import Observation


class WrappedEnvironment(Closeable):
    """Passes everything on to another environment; subclasses change individual parts."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        """The wrapped environment."""

    @property
    def name(self) -> str:
        """The name of the kind."""
        return self.environment.name

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that it carries out."""
        return self.environment.supported

    @property
    def app_names(self) -> tuple[str, ...]:
        """The names of the apps that may be opened."""
        return app_names(self.environment)

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return secret_names(self.environment)

    def reset(self) -> Observation:
        """Start from scratch and return the first observation."""
        return self.environment.reset()

    def observe(self) -> Observation:
        """Return the current screen."""
        return self.environment.observe()

    def execute(self, action: Action) -> Observation:
        """Carry out the action and return the resulting observation."""
        return self.environment.execute(action)

    def close(self) -> None:
        """Close the wrapped environment."""
        self.environment.close()
