"""Errors of an eval's run, as opposed to failed episodes.

HandeyeError
├── ResultsError     the results folder cannot be read or written, or belongs to another run
└── WorkerFailed     a worker process could not start playing
"""

from handeye.actions.errors import HandeyeError


class ResultsError(HandeyeError):
    """A results folder cannot be read or written, or contains results of another model."""


class WorkerFailed(HandeyeError):
    """A worker process could not start, load its model or create its environment."""
