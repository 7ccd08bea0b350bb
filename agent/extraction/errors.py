"""Errors of extraction.

HandeyeError
├── InvalidSchema      what was given is no JSON schema of an object, or uses what is not supported
└── ExtractionFailed   no answer was valid against the schema
"""

from handeye.actions.errors import HandeyeError


class InvalidSchema(HandeyeError):
    """A JSON schema that is none, that is not one of an object, or that uses an unsupported keyword."""


class ExtractionFailed(HandeyeError):
    """No answer of the model was valid against the schema."""

    def __init__(self, problem: str, text: str, attempts: int) -> None:
        many = "1 answer" if attempts == 1 else f"{attempts} answers"
        super().__init__(f"no valid data after {many}: {problem}")
        self.problem = problem
        """What is wrong with the last answer."""
        self.text = text
        """The last answer as it was generated."""
        self.attempts = attempts
        """How often the model was asked."""
