"""Ending, from another thread, what a desktop is in the middle of."""

import threading

from handeye.actions.errors import HandeyeError
from handeye.environments.errors import EnvironmentLost, KillSwitch


class Halt:
    """Waits that somebody else can end, with the error to end them by."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._error: HandeyeError | KillSwitch | None = None

    def stop(self, error: HandeyeError | KillSwitch) -> None:
        """Make this and every later wait raise the error; only the first one counts."""
        if self._error is None:
            self._error = error
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Let so much time pass, unless it is ended; raise the error then.

        A `KillSwitch` is raised once, as Ctrl-C is; after it, it is an `EnvironmentLost`.
        """
        if self._event.wait(seconds) and self._error is not None:
            error = self._error
            if isinstance(error, KillSwitch):
                self._error = EnvironmentLost(f"{error}: reset() connects again")
            raise error

    def check(self) -> None:
        """Raise the error if it has been ended."""
        self.wait(0)
