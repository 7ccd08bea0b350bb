"""One instance of a task: the phone's initial state, the instruction, and the required final state."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.task import Move

State: TypeAlias = dict[str, Any]
"""Everything that the phone stores, as its screen reports it: settings, contacts, alarms, files."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One instance of a task."""

    goal: str
    """The instruction."""
    change: Callable[[State], None]
    """Changes the initial state, in place, into the required one. Everything else has to stay unchanged."""
    moves: Callable[[PhoneReader], Iterator[Move]]
    """The oracle: what a person would do."""
    start: State = field(default_factory=dict)
    """The parts of the initial state that differ from a new phone's, by the keys of the state."""
