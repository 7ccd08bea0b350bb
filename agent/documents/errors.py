"""Errors of documents.

HandeyeError
├── InvalidDocument       not a PDF or damaged, without pages, or pages were asked for that it does not have
│   └── EncryptedDocument   a PDF that needs a password
├── TooManyPages          more pages than were asked for
└── DocumentNotSaved      the page that shows the boxes cannot be written
"""

from handeye.actions.errors import HandeyeError


class InvalidDocument(HandeyeError):
    """A document that cannot be opened, has no pages, or lacks the pages that were asked for."""


class EncryptedDocument(InvalidDocument):
    """A PDF that needs a password."""


class TooManyPages(HandeyeError):
    """A document has more pages than may be read without naming them."""


class DocumentNotSaved(HandeyeError):
    """The page that shows the boxes cannot be written."""
