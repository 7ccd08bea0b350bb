"""What became of a model's reply: the actions that it asks for, or the problem that keeps it from being acted upon.

Never both: of a batch of which one step cannot be read, none is carried out.
"""

from dataclasses import dataclass

from handeye.actions.lenient_json import whole_characters
from handeye.actions.schema import AnyAction

MAX_ACTIONS = 20
"""The most actions of one reply; a model that repeats itself until the token limit writes more."""
_LONGEST_EXCERPT = 2_000
_LONGEST_NUMBER = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a reply cannot be acted upon."""

    reason: str
    """One line, fit to be told to the model."""
    text: str
    """The reply, shortened to its first 2,000 characters."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply as it was read: either at least one action, or a problem and none."""

    thought: str
    actions: tuple[AnyAction, ...]
    problem: Problem | None
    conclusion: str = ""
    notes: tuple[str, ...] = ()
    """What was put right on the way, such as "clamped [1283, 10] to [1279, 10]"."""
    marks: tuple[int, ...] = ()
    """The numbers of the marks that were named, in order."""

    @classmethod
    def of_problem(cls, reason: str, text: str, thought: str = "", conclusion: str = "") -> "Reading":
        """Return the reading of a reply that cannot be acted upon."""
        excerpt = text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
        return cls(thought, (), Problem(" ".join(reason.split()), whole_characters(excerpt)), conclusion)


def read_number(value: object) -> object:
    """Return the number that a string spells, as a float; any other value as it is, for the schema to judge."""
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER:
        return value
    try:
        return float(value)
    except ValueError:
        return value
