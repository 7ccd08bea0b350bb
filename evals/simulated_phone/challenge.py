"""What a seed makes of a task: what the phone holds at first, what is asked, and what it must hold then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.task import Move

State: TypeAlias = dict[str, Any]
"""All that the phone remembers, as its screen tells it: settings, contacts, alarms, files."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One instance of a task."""

    goal: str
    """The instruction."""
    change: Callable[[State], None]
    """Makes of the state at the beginning, in place, the one that is asked for. All else has to stay as it is."""
    moves: Callable[[PhoneReader], Iterator[Move]]
    """The oracle: what a person would do."""
    start: State = field(default_factory=dict)
    """What the phone holds at first where that is not what a new one holds, by the keys of the state."""
