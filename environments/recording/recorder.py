"""The contract of recorders: they report a person's input and show their screen."""

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
"""The types of the actions that a recording may contain."""


class Recorder(Protocol):
    """A screen that a person works on while it is recorded. All calls come from one thread."""

    @property
    def name(self) -> str:
        """The name of the environment that can replay what is recorded: "browser", "desktop"."""

    @property
    def ended(self) -> bool:
        """Whether the person has closed the recorded screen, so that no more events or observations are possible."""

    def start(self) -> Observation:
        """Show the screen to the person and return an observation; from now on everything they do is reported."""

    def observe(self) -> Observation:
        """Return an observation without disturbing the person. Raises `EnvironmentLost` when the screen is gone."""

    def take(self, seconds: float) -> Collection[HandEvent]:
        """Return the events since the last call, in order, waiting for some for at most `seconds`."""

    def close(self) -> None:
        """Release all resources. May be called repeatedly."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...
