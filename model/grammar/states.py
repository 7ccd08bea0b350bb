"""The deterministic states of an automaton, each a set of its own states, found when they are first needed.

Shapes: S states.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handeye.model.grammar.automaton import Automaton
from handeye.model.grammar.distance import FAR

DEAD = 0
"""The state from which no text is complete any more."""
_BEGINNING = 64
"""States that there is room for at first."""


class States:
    """States that are numbered as they are found."""

    def __init__(self, automaton: Automaton, distance: Sequence[int]) -> None:
        """Take the tokens that each of the automaton's own states is away from the end; see `distances`."""
        self._automaton = automaton
        self._away = distance
        self._useful = [
            living and (bool(edges) or state == automaton.end)
            for state, (living, edges) in enumerate(zip(automaton.living(), automaton.edges, strict=True))
        ]
        """Whether each leads to the end, by a byte or because it is the end."""
        self._closures: dict[int, frozenset[int]] = {}
        self._numbers: dict[frozenset[int], int] = {frozenset(): DEAD}
        self._members = [frozenset[int]()]
        self._reached: dict[tuple[int, ...], int] = {}
        """The state of each collection of states that a byte has led to."""
        self._known = np.zeros(_BEGINNING, dtype=np.bool_)
        self._known[DEAD] = True
        self.table = np.full((_BEGINNING, 256), DEAD, dtype=np.int32)
        """The state (S, 256) after each byte, of those that are known; there may be further rows."""
        self.distance = np.full(_BEGINNING, FAR, dtype=np.int32)
        """The tokens that are enough to complete a text from each state (S); 0 where it is complete."""
        self.start = self._state((automaton.start,))

    def __len__(self) -> int:
        return len(self._members)

    def know(self, states: NDArray[np.int32]) -> None:
        """Find what follows states, so that their rows of `table` hold."""
        unknown = states[~self._known[states]]
        for state in np.unique(unknown).tolist() if unknown.size else ():
            self._follow(state)

    def after(self, state: int, text: bytes) -> int:
        """Return the state that some bytes lead to."""
        for byte in text:
            if not self._known[state]:
                self._follow(state)
            state = int(self.table[state, byte])
        return state

    def following(self, state: int) -> NDArray[np.int32]:
        """Return the states after each byte (256)."""
        if not self._known[state]:
            self._follow(state)
        row: NDArray[np.int32] = self.table[state]
        return row

    def _follow(self, state: int) -> None:
        targets: list[list[int]] = [[] for _ in range(256)]
        for member in self._members[state]:
            for first, last, target in self._automaton.edges[member]:
                for byte in range(first, last + 1):
                    targets[byte].append(target)
        row = [self._state(tuple(found)) if found else DEAD for found in targets]
        self.table[state] = row  # after all are found: new ones may have moved the table
        self._known[state] = True

    def _state(self, reached: tuple[int, ...]) -> int:
        """Return the number of the state that consists of others, and of those that they reach without a byte."""
        number = self._reached.get(reached)
        if number is None:
            members = frozenset[int]().union(*map(self._closure, reached))
            number = self._numbers.get(members)
            if number is None:
                number = self._add(members)
            self._reached[reached] = number
        return number

    def _add(self, members: frozenset[int]) -> int:
        number = len(self._members)
        if number == len(self.table):
            self._grow()
        self._numbers[members] = number
        self._members.append(members)
        self.distance[number] = min(map(self._away.__getitem__, members))
        return number

    def _grow(self) -> None:
        rows = len(self.table)
        self._known = np.concatenate([self._known, np.zeros(rows, dtype=np.bool_)])
        self.table = np.concatenate([self.table, np.full((rows, 256), DEAD, dtype=np.int32)])
        self.distance = np.concatenate([self.distance, np.full(rows, FAR, dtype=np.int32)])

    def _closure(self, state: int) -> frozenset[int]:
        """Return the states that one reaches without a byte, as far as they matter."""
        found = self._closures.get(state)
        if found is None:
            found = self._closures[state] = frozenset(
                reached for reached in self._silent(state) if self._useful[reached]
            )
        return found

    def _silent(self, state: int) -> set[int]:
        seen, waiting = {state}, [state]
        while waiting:
            for after in self._automaton.silent[waiting.pop()]:
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)
        return seen
