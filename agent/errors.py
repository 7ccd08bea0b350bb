"""What can go wrong around an episode.

HandeyeError
├── InvalidTask         the task is empty or is not text
├── InvalidLimits       a limit that no episode can have
├── JournalError        the journal cannot be written: the episode stops before it acts again
├── InvalidTrajectory   a folder that does not hold a readable journal
├── NothingToResume     the journaled episode came to its own end
└── ScriptEnded         a scripted policy has no decision for this step
"""

from handeye.actions.errors import HandeyeError


class InvalidTask(HandeyeError):
    """The task, or what is asked of an image, is empty or cannot be written as UTF-8."""


class InvalidLimits(HandeyeError):
    """A limit is negative or not a number."""


class JournalError(HandeyeError):
    """The journal cannot be written, so nothing more is done."""


class InvalidTrajectory(HandeyeError):
    """A folder holds no journal, one of another schema version, or one that was changed by hand."""


class NothingToResume(HandeyeError):
    """The episode came to its own end."""


class ScriptEnded(HandeyeError):
    """A scripted policy was asked for more decisions than it holds."""
