"""The contract of every screen: see it, act on it, lose it, close it."""

from typing import Protocol, Self

from handeye.actions.schema import Action
from handeye.environments.observation import Observation


class Environment(Protocol):
    """A screen that can be seen and acted on, by one caller at a time.

    Calls block and are bounded in time. A failure is raised, never shown as an old or an empty screenshot.
    `handeye.environments.contract.check.check_environment` checks all that is said here.
    """

    @property
    def name(self) -> str:
        """What the kind is called: "browser", "scripted"."""

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out. It rejects all others."""

    def reset(self) -> Observation:
        """Start afresh and return the first observation. Also the way back after `EnvironmentLost`."""

    def observe(self) -> Observation:
        """Return what is on the screen now; raise `EnvironmentLost` if there is nothing to see."""

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return what is on it then.

        The action's points are pixels of the newest observation's screenshot. Raises `ActionRejected`, and then
        nothing was done, or `EnvironmentLost`.
        """

    def close(self) -> None:
        """Give everything back. May be called again, and from another thread; afterwards every use is an error."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...
