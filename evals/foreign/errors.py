"""The errors of a foreign process.

HandeyeError
├── ForeignFailed     the interpreter or its adapter does not start
├── ForeignRaised     a call raised an exception there; the process goes on
└── EnvironmentLost
    └── ForeignLost   the process ended, fell silent, or wrote what is no message
"""

from handeye.actions.errors import HandeyeError
from handeye.environments.errors import EnvironmentLost


class ForeignFailed(HandeyeError):
    """The foreign interpreter, or what it has to load, does not start."""


class ForeignLost(EnvironmentLost):
    """The foreign process ended, fell silent, took too long, or wrote what is no message. It has been ended."""


class ForeignRaised(HandeyeError):
    """A call raised an exception in the foreign process, which goes on."""

    def __init__(self, kind: str, message: str) -> None:
        """Take the name of the exception's class, and its text."""
        said = " ".join(message.split())
        super().__init__(f"{kind}: {said}" if said else kind)
        self.kind = kind
