"""Errors of an eval's run, as opposed to failed episodes.

HandeyeError
├── InvalidSeed      the requested seed is not a number
├── ResultsError     the results folder cannot be read or written, or belongs to another run
├── UnknownTask      the eval has no such task, or none that can be played in the requested way
└── WorkerFailed     a worker process could not start playing
"""

from handeye.actions.errors import HandeyeError


class ResultsError(HandeyeError):
    """A results folder cannot be read or written, or contains results of another model."""


class WorkerFailed(HandeyeError):
    """A worker process could not start, load its model or create its environment."""


class InvalidSeed(HandeyeError):
    """The requested seed is not a number."""


class UnknownTask(HandeyeError):
    """The eval has no task of that name, or none that can be played in the requested way."""
