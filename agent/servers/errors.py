"""Errors of a server that runs a model. No message holds the key.

HandeyeError
├── InvalidServer        the address is not one of a server
├── ServerNotFound       nothing answers at the address
├── NotAChatServer       what answers there does not speak OpenAI's chat API
├── KeyRefused           the key is missing or wrong
├── UnknownServerModel   the server has no model of that name, or several and none was chosen
├── ImagesRefused        the server, or its model, takes no images
├── ImagesRescaled       the model sees images at another size than they were sent, so points would be off
├── PrefixRefused        the server cannot be made to begin a reply with a given text
├── RequestRefused       the server refuses the request for another reason
├── ServerFailed         the server fails or is too busy, also after several attempts
├── ServerTimeout        the reply took too long
├── ReplyRefused         the server, or its filter, refuses to let the model answer
└── BrokenReply          the reply is damaged, cut off or empty

A prompt that is too long for the model raises `handeye.model.errors.ContextTooLong`, as with a local model.
"""

from handeye.actions.errors import HandeyeError


class InvalidServer(HandeyeError):
    """The address is not one of a server."""


class ServerNotFound(HandeyeError):
    """Nothing answers at the address."""


class NotAChatServer(HandeyeError):
    """What answers at the address does not speak OpenAI's chat API."""


class KeyRefused(HandeyeError):
    """The key is missing, wrong, or cannot be sent."""


class UnknownServerModel(HandeyeError):
    """The server has no model of that name, or several and none was chosen."""


class ImagesRefused(HandeyeError):
    """The server, or its model, takes no images."""


class ImagesRescaled(HandeyeError):
    """The model sees images at another size than they were sent, so the points of its replies would be off."""


class PrefixRefused(HandeyeError):
    """The server cannot be made to begin a reply with a given text."""


class RequestRefused(HandeyeError):
    """The server refuses the request."""

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message)
        self.said = said
        """What the server said, without the key."""


class ServerFailed(HandeyeError):
    """The server fails or is too busy, also after several attempts."""


class ServerTimeout(HandeyeError):
    """The reply took longer than allowed."""


class ReplyRefused(HandeyeError):
    """The server, or a filter of it, refuses to let the model answer."""


class BrokenReply(HandeyeError):
    """The reply is damaged, cut off or empty."""
