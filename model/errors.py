"""Errors of checkpoints, images, videos, devices, answers and servers."""

from handeye.actions.errors import HandeyeError


class InvalidCheckpoint(HandeyeError):
    """The files of a checkpoint are missing, broken, or of another architecture."""


class UnknownModel(HandeyeError):
    """There is no checkpoint of that name, or it cannot be downloaded."""


class InvalidImage(HandeyeError):
    """An image that cannot be shown to the model."""


class InvalidVideo(HandeyeError):
    """A video that cannot be shown to the model."""


class NoVideoTrack(InvalidVideo):
    """A file without pictures in it, such as one with sound only."""


class EmptyVideo(InvalidVideo):
    """A video, or the chosen part of one, without a frame."""


class DamagedVideo(InvalidVideo):
    """A file that ends too early, or whose frames cannot be decoded."""


class UnsupportedDtype(HandeyeError):
    """A number format in which this model gives wrong results."""


class ContextTooLong(HandeyeError):
    """The prompt and the answer do not fit into the model's context."""


class UnknownDevice(HandeyeError):
    """A device that this machine does not have."""


class InvalidPlacement(HandeyeError):
    """A list of devices over which a network cannot be spread."""


class OutOfMemory(HandeyeError):
    """The weights, or a prompt, are too large for the device."""


class NonFiniteOutput(HandeyeError):
    """The network computed NaN or infinite numbers, so it has no answer."""


class UnsupportedAttention(HandeyeError):
    """An implementation of attention that is not installed, or does not run on the device."""


class TemplateRefused(HandeyeError):
    """The chat template of a checkpoint does not take a conversation."""


class UnreadableAnswer(HandeyeError):
    """The model was asked for places and its answer contains none that can be used."""


class CannotListen(HandeyeError):
    """A server cannot listen at an address, or should not without a key."""
