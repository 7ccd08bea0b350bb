"""How many tokens a text needs, at most, until it is complete."""

from collections import deque
from collections.abc import Collection, Iterator

from handeye.model.grammar.automaton import Automaton

FAR = 2**30
"""Of a state from which no tokens lead to the end."""
_LONGEST = 16
"""Bytes of the longest token that is looked for where a rule leaves one way."""


def distances(automaton: Automaton, texts: Collection[bytes]) -> list[int]:
    """Return for each state a number of tokens that is enough to reach the end from there.

    texts: those of the vocabulary's tokens. There may be shorter ways: only single bytes, and longer tokens along a way
    that does not divide, are tried.
    """
    backwards: list[list[tuple[int, int]]] = [[] for _ in automaton.edges]
    written = [bytes([byte]) in texts for byte in range(256)]
    for state, edges in enumerate(automaton.edges):
        for target in automaton.silent[state]:
            backwards[target].append((state, 0))
        for first, last, target in edges:
            if any(written[first : last + 1]):
                backwards[target].append((state, 1))
            if first == last:
                for text, after in _ways(automaton, bytes([first]), target):
                    if text in texts:
                        backwards[after].append((state, 1))
    found = [FAR] * len(automaton.edges)
    found[automaton.end] = 0
    waiting = deque([(automaton.end, 0)])
    while waiting:
        state, tokens = waiting.popleft()
        if tokens > found[state]:
            continue
        for before, cost in backwards[state]:
            if tokens + cost < found[before]:
                found[before] = tokens + cost
                (waiting.append if cost else waiting.appendleft)((before, tokens + cost))
    return found


def _ways(automaton: Automaton, text: bytes, state: int) -> Iterator[tuple[bytes, int]]:
    """Yield longer and longer texts that begin with `text`, and the states after them, until the way divides."""
    seen: set[int] = set()  # rules of nothing lead back without a byte
    while len(text) < _LONGEST and state not in seen:
        seen.add(state)
        edges, silent = automaton.edges[state], automaton.silent[state]
        if len(edges) + len(silent) != 1:
            return
        if silent:
            [state] = silent
            if state == automaton.end:
                return
            continue
        [(first, last, state)] = edges
        if first != last:
            return
        text += bytes([first])
        yield text, state
