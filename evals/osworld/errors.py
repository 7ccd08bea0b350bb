"""The errors of OSWorld.

HandeyeError
├── InvalidMachine   an option of the machine is not valid, or another run uses the machine
└── InvalidTasks     the checkout of OSWorld, or a list of its tasks, cannot be used
"""

from handeye.actions.errors import HandeyeError


class InvalidMachine(HandeyeError):
    """An option of the machine is not valid, or another worker uses the machine."""


class InvalidTasks(HandeyeError):
    """The checkout of OSWorld, a list of its tasks, or a task cannot be used."""
