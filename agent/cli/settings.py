"""The settings of `handeye run`, stored in the journal so that `handeye resume` can use the same ones."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError, model_validator

from handeye.actions.errors import HandeyeError
from handeye.agent.cli.environment import BrowserSettings, EnvironmentSettings
from handeye.agent.cli.policy import PolicySettings
from handeye.environments.environment import Environment


class NoSettings(HandeyeError):
    """A journal does not record the settings of its environment and policy."""


class MissingSecret(HandeyeError):
    """The environment variable of a secret is not set, or is not named."""


class Settings(BaseModel):
    """The environment and the policy of an episode. Holds the names of secrets, never a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: EnvironmentSettings = BrowserSettings()
    marks: bool = False
    """Whether clickable elements are numbered on the screenshots."""
    secrets: dict[str, str] = {}
    """The environment variable that holds each secret, by the name that a policy may use."""
    policy: PolicySettings = PolicySettings()

    @model_validator(mode="before")
    @classmethod
    def _older(cls, settings: object) -> object:
        """Read what was stored before a server could decide: the model, the device and the number format alone."""
        if isinstance(settings, dict) and "policy" not in settings and "model" in settings:
            own = {name: settings[name] for name in ("model", "device", "dtype") if name in settings}
            return {name: value for name, value in settings.items() if name not in own} | {"policy": own}
        return settings

    @classmethod
    def from_journal(cls, settings: dict[str, JsonValue], directory: Path) -> Self:
        """Return the settings that a journal holds; raise `NoSettings` if it was not written by `handeye run`."""
        with suppress(ValidationError):
            if settings:  # an episode that was played from Python has none
                return cls.model_validate(settings)
        raise NoSettings(
            f"the episode in {directory} was not started by handeye run, so its environment and model are not "
            "recorded: continue it from Python with resume_episode, or repeat it with replay"
        )

    def to_journal(self) -> dict[str, JsonValue]:
        """Return the settings as JSON values."""
        return self.model_dump(mode="json")

    def make_environment(self) -> Environment:
        """Return the environment, not yet started. Raises what the environment raises for options it cannot take."""
        environment = self.environment.make({name: secret(variable) for name, variable in self.secrets.items()})
        if not self.marks:
            return environment
        from handeye.environments.marks.environment import MarkedEnvironment

        return MarkedEnvironment(environment)


def secret(variable: str) -> str:
    """Return the value of an environment variable; raise `MissingSecret` if it is not set."""
    value = os.environ.get(variable)
    if value is None:
        raise MissingSecret(f"the environment variable {variable} is not set: it should hold the secret")
    return value
