"""Ending, from another thread, what a desktop is in the middle of."""

import threading


class Halt:
    """Waits that somebody else can end, with the error to end them by."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._error: BaseException | None = None

    def stop(self, error: BaseException) -> None:
        """Make this and every later wait raise the error; only the first one counts."""
        if self._error is None:
            self._error = error
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Let so much time pass, unless it is ended; raise the error then."""
        if self._event.wait(seconds) and self._error is not None:
            raise self._error

    def check(self) -> None:
        """Raise the error if it has been ended."""
        self.wait(0)
