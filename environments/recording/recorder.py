"""The contract of what records a person: it tells what their hands do, and shows their screen."""

from collections.abc import Collection
from typing import Protocol, Self

from handeye.environments.observation import Observation
from handeye.environments.recording.events import HandEvent

RECORDED = frozenset(
    {
        *("click", "long_press", "drag", "scroll", "type", "press"),
        *("navigate", "back", "new_tab", "switch_tab", "close_tab", "open_app"),
    }
)
"""The types of the actions that a recording may hold."""


class Recorder(Protocol):
    """A screen that a person works on, while it is watched. Its calls come from one thread."""

    @property
    def name(self) -> str:
        """The name of the environment that can replay what is recorded: "browser", "desktop"."""

    @property
    def ended(self) -> bool:
        """Whether the person has closed what is recorded, so that nothing more can happen or be seen."""

    def start(self) -> Observation:
        """Show the screen to the person and look at it; from now on all that they do is told."""

    def observe(self) -> Observation:
        """Look, without disturbing the person. Raises `EnvironmentLost` when there is nothing to see any more."""

    def take(self, seconds: float) -> Collection[HandEvent]:
        """Return what was done since the last call, in order; wait for it at most so long."""

    def close(self) -> None:
        """Give everything back. May be called again."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...
