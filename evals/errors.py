"""What can go wrong around an eval, other than an episode.

HandeyeError
├── ResultsError     the folder of results cannot be written, read, or belongs to another run
└── WorkerFailed     a worker process could not begin to play
"""

from handeye.actions.errors import HandeyeError


class ResultsError(HandeyeError):
    """A folder of results cannot be written or read, or holds those of another model."""


class WorkerFailed(HandeyeError):
    """A worker process could not load its model, make its environment or start."""
