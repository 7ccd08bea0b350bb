"""The contract of every environment: observing, acting, loss and closing."""

from typing import Protocol, Self

from handeye.actions.schema import Action
from handeye.environments.observation import Observation


class Environment(Protocol):
    """A screen that one caller at a time can observe and control.

    Calls block and are bounded in time. A failure raises an error; it never returns an old or empty screenshot.
    `handeye.environments.contract.check.check_environment` checks everything stated here.
    """

    @property
    def name(self) -> str:
        """The name of the kind: "browser", "scripted"."""

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out. It rejects all others."""

    def reset(self) -> Observation:
        """Start from scratch and return the first observation; also recovers from `EnvironmentLost`."""

    def observe(self) -> Observation:
        """Return the current screen; raise `EnvironmentLost` if it is gone."""

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the screen has settled, and return an observation.

        The action's points are pixels of the newest observation's screenshot. Raises `ActionRejected` without having
        done anything, `ActionPartial` when only part of the action was done, or `EnvironmentLost`. Where nothing but
        the screen shows that a part is missing, the observation has a `shortfall`.
        """

    def close(self) -> None:
        """Release all resources. May be called repeatedly and from another thread; any other use is then an error."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...
