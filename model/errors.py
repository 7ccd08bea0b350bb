"""What can go wrong with a checkpoint or an image."""

from handeye.actions.errors import HandeyeError


class InvalidCheckpoint(HandeyeError):
    """The files of a checkpoint are missing, broken, or of another architecture."""


class UnknownModel(HandeyeError):
    """No checkpoint is to be had under that name."""


class InvalidImage(HandeyeError):
    """An image that cannot be shown to the model."""


class UnsupportedDtype(HandeyeError):
    """A number format in which this model gives wrong results."""


class ContextTooLong(HandeyeError):
    """The prompt and the answer do not fit into the model's context."""


class UnknownDevice(HandeyeError):
    """A device that this machine does not have."""


class OutOfMemory(HandeyeError):
    """The weights, or a prompt, are too large for the device."""


class UnreadableAnswer(HandeyeError):
    """The model answered a question for places with something else."""
