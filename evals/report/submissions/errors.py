"""The error of a submission that cannot be made."""

from handeye.actions.errors import HandeyeError


class NoSubmission(HandeyeError):
    """The benchmark's leaderboard takes no file that could be written, or the run is not what it takes."""
