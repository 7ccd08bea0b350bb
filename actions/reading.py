"""The result of reading a model's reply: the actions that it asks for, or the problem that makes it unusable.

Never both: if one step of a batch cannot be read, none of its steps is carried out.
"""

from dataclasses import dataclass

from handeye.actions.replies.lenient_json import whole_characters
from handeye.actions.schema import AnyAction

MAX_ACTIONS = 20
"""The maximum number of actions in one reply; a model that repeats itself until the token limit writes more."""
_LONGEST_EXCERPT = 2_000
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply cannot be used."""

    reason: str
    """One line, suitable for the model."""
    text: str
    """The reply, shortened to its first 2,000 characters."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed reply: either at least one action, or a problem and no action."""

    thought: str
    actions: tuple[AnyAction, ...]
    problem: Problem | None
    conclusion: str = ""
    notes: tuple[str, ...] = ()
    """What was corrected, such as "clamped [1283, 10] to [1279, 10]"."""
    marks: tuple[int, ...] = ()
    """The numbers of the marks that were named, in order."""

    @classmethod
    def of_problem(cls, reason: str, text: str, thought: str = "", conclusion: str = "") -> "Reading":
        """Return the reading of a reply that cannot be used."""
        excerpt = text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
        return cls(thought, (), Problem(" ".join(reason.split()), whole_characters(excerpt)), conclusion)


def read_number(value: object) -> object:
    """Convert a string that is a number to a float; return any other value unchanged, for the schema to check."""
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    try:
        return float(value)
    except ValueError:
        return value
