"""The errors of AndroidWorld's harness.

HandeyeError
├── AndroidWorldMissing    the package is not there, or cannot be imported
├── EmulatorMissing        no emulator answers, or all that were named are in use
└── AndroidWorldFailed     the package raised an exception while it prepared or judged a task
"""

from handeye.actions.errors import HandeyeError


class AndroidWorldMissing(HandeyeError):
    """The package `android_world` is not there, or cannot be imported by the interpreter."""


class EmulatorMissing(HandeyeError):
    """No emulator answers at the given port, or all of them are in use."""


class AndroidWorldFailed(HandeyeError):
    """The package raised an exception while it prepared, showed or judged a task."""
