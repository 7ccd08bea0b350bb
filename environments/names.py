"""What a policy may name: the apps that it may open, and the secrets that it may type."""

from typing import Protocol, runtime_checkable

from handeye.environments.environment import Environment


@runtime_checkable
class HasApps(Protocol):
    """An environment that knows beforehand which apps may be opened."""

    @property
    def app_names(self) -> tuple[str, ...]:
        """The names for `open_app`."""


@runtime_checkable
class HasSecrets(Protocol):
    """An environment that can type secrets."""

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets."""


def app_names(environment: Environment) -> tuple[str, ...]:
    """Return the names of the apps that may be opened; empty if they are not known beforehand."""
    return environment.app_names if isinstance(environment, HasApps) else ()


def secret_names(environment: Environment) -> tuple[str, ...]:
    """Return the names of the secrets that may be typed."""
    return environment.secret_names if isinstance(environment, HasSecrets) else ()
