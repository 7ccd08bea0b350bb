"""Errors of an episode.

HandeyeError
├── InvalidTask         the task is empty or is not text
├── InvalidLimits       a limit is negative or not a number
├── JournalError        the journal cannot be written: the episode stops before it acts again
├── InvalidTrajectory   a folder that does not hold a readable journal
├── NothingToResume     the journaled episode is complete
├── RecordingNotWritten the recording of a screen cannot be written
└── ScriptEnded         a scripted policy has no decision for this step
"""

from handeye.actions.errors import HandeyeError


class InvalidTask(HandeyeError):
    """The task, or the question about an image, is empty or cannot be encoded as UTF-8."""


class InvalidLimits(HandeyeError):
    """A limit is negative or not a number."""


class JournalError(HandeyeError):
    """The journal cannot be written, so the episode stops."""


class InvalidTrajectory(HandeyeError):
    """A folder holds no journal, or one that has another schema version or was changed by hand."""


class NothingToResume(HandeyeError):
    """The episode is complete, so there is nothing to resume."""


class ScriptEnded(HandeyeError):
    """A scripted policy was asked for more decisions than it holds."""


class RecordingNotWritten(HandeyeError):
    """The recording of a screen cannot be written where it was to be."""
