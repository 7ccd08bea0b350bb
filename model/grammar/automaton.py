"""A rule as a nondeterministic automaton over the bytes of UTF-8.

Its states are numbers. From a state, a byte leads to others, and some are reached without a byte. No edge leads into a
state that was given as the beginning of a rule, except from within a repetition, which has a beginning of its own; so
several rules may begin in one state.
"""

from collections.abc import Iterable
from typing import NamedTuple

from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Sequence, Without
from handeye.model.grammar.occurrences import Occurrences
from handeye.model.grammar.utf8 import ANY, Span, sequences, spans, within, without

MOST_STATES = 50_000
"""A rule that needs more is refused: each character of a repetition has at least one for each time."""


class Edge(NamedTuple):
    """What some values of a byte lead to."""

    first: int
    last: int
    target: int


class Automaton:
    """The states of a rule."""

    def __init__(self, rule: Rule) -> None:
        """Build it.

        Raises:
            ValueError: the rule describes nothing that can be written, or needs too many states.
        """
        self.edges: list[list[Edge]] = []
        """Of each state."""
        self.silent: list[list[int]] = []
        """The states that each state reaches without a byte."""
        self._written: dict[tuple[Span, ...], list[tuple[Span, ...]]] = {}
        """The bytes of sets of characters."""
        self._rests: dict[tuple[tuple[Span, ...], int], int] = {}
        """The state before the last bytes of a character, by these and by the state after them."""
        self.start = self._state()
        self.end = self._rule(rule, self.start)
        """Where a text is complete."""

    def living(self) -> list[bool]:
        """Return of each state whether the end can be reached from it."""
        before: list[list[int]] = [[] for _ in self.edges]
        for state, edges in enumerate(self.edges):
            for target in (*self.silent[state], *(edge.target for edge in edges)):
                before[target].append(state)
        found, waiting = [False] * len(self.edges), [self.end]
        while waiting:
            state = waiting.pop()
            if not found[state]:
                found[state] = True
                waiting += before[state]
        return found

    def _state(self) -> int:
        if len(self.edges) == MOST_STATES:
            raise ValueError(
                f"the grammar needs more than {MOST_STATES:,} states: lower the bounds of its repetitions, or leave "
                "them open"
            )
        self.edges.append([])
        self.silent.append([])
        return len(self.edges) - 1

    def _rule(self, rule: Rule, start: int) -> int:
        """Add a rule that begins in a state; return the state where it ends."""
        match rule:
            case Literal(text):
                return self._literal(text, start)
            case Character(of, but):
                end = self._state()
                self._characters(start, end, spans(_written(of)) if of else without(ANY, spans(but)))
                return end
            case Sequence(parts):
                for part in parts:
                    start = self._rule(part, start)
                return start
            case Choice(options):
                end = self._state()
                for option in options:
                    self.silent[self._rule(option, start)].append(end)
                return end
            case Repeat():
                return self._repeat(rule, start)
            case Without(texts):
                return self._without(texts, start)

    def _literal(self, text: str, start: int) -> int:
        for byte in _written(text).encode():
            end = self._state()
            self.edges[start].append(Edge(byte, byte, end))
            start = end
        return start

    def _repeat(self, repeat: Repeat, start: int) -> int:
        if not 0 <= repeat.least <= (repeat.least if repeat.most is None else repeat.most):
            raise ValueError(f"the grammar repeats something at least {repeat.least} and at most {repeat.most} times")
        start = self._times(repeat.rule, start, repeat.least, None)
        if repeat.most is not None:
            end = self._state()
            self.silent[self._times(repeat.rule, start, repeat.most - repeat.least, end)].append(end)
            return end
        loop = self._state()
        self.silent[start].append(loop)
        self.silent[self._rule(repeat.rule, loop)].append(loop)
        return loop

    def _times(self, rule: Rule, start: int, times: int, end: int | None) -> int:
        """Add a rule several times in a row; with `end`, each of them may be left out with those after it."""
        for _ in range(times):
            known = len(self.edges)
            if end is not None:
                self.silent[start].append(end)
            start = self._rule(rule, start)
            if len(self.edges) == known:  # it is empty, however often
                break
        return start

    def _without(self, texts: Iterable[str], start: int) -> int:
        found = Occurrences(texts)
        states = {node: self._state() for node in found.nodes}
        end = self._state()
        self.silent[start].append(states[found.root])
        for node, state in states.items():
            self.silent[state].append(end)
            named = found.after(node)
            groups: dict[int, str] = {}
            for character, after in named.items():
                groups[after] = groups.get(after, "") + character
            for after, characters in groups.items():
                if after in states:
                    self._characters(state, states[after], within(ANY, spans(characters)))
            self._characters(state, states[found.root], without(ANY, spans("".join(named))))
        return end

    def _characters(self, start: int, end: int, codes: Iterable[Span]) -> None:
        whole = tuple(codes)
        if whole not in self._written:
            self._written[whole] = [written for span in whole for written in sequences(span)]
        for written in self._written[whole]:
            self.edges[start].append(Edge(*written[0], self._rest(written[1:], end)))

    def _rest(self, rest: tuple[Span, ...], end: int) -> int:
        """Return the state before the last bytes of a character."""
        if not rest:
            return end
        state = self._rests.get((rest, end))
        if state is None:
            state = self._rests[rest, end] = self._state()
            self.edges[state].append(Edge(*rest[0], self._rest(rest[1:], end)))
        return state


def _written(text: str) -> str:
    """Return a text that UTF-8 can write."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"the grammar holds half a character, which no text can: {text!r:.80}")
    return text
