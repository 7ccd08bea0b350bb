"""The texts of a vocabulary's tokens, arranged so that an automaton reads all of them at once.

Shapes: V tokens, T tokens that have a text, N beginnings of their texts, A of these that an automaton accepts so far.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from handeye.model.grammar.states import DEAD, States

Numbers = NDArray[np.int32]


class Vocabulary:
    """The tokens that can be written in a text, and those that end it.

    The texts are a tree of their beginnings, the shortest first and in alphabetical order, so that those that begin
    alike are read once, and the ones that go on from a beginning are neighbours.
    """

    def __init__(
        self, texts: Sequence[bytes], closing: frozenset[int], encode: Callable[[str], list[int]] = lambda text: []
    ) -> None:
        """Take the bytes of each token (V), none for those that have no text.

        closing: the tokens that end a reply; they are no part of its text.
        encode: the tokens that a text is usually written with.
        """
        self.texts = [b"" if token in closing else text for token, text in enumerate(texts)]
        self.size = len(texts)
        self.closing = np.array(sorted(token for token in closing if token < self.size), dtype=np.int32)
        self.encode = encode
        self.known = frozenset(self.texts)
        """The texts of all tokens."""
        self._bytes, self._first, self._place = _tree(self.texts)

    def ends(self, states: States, start: int) -> Numbers:
        """Return the state (V) to which each token leads from a state; `DEAD` for those that may not come next."""
        found = np.full(len(self._bytes) + 1, DEAD, dtype=np.int32)  # (N + 1): the last stands for all without a text
        found[0] = start
        alive = np.zeros(1, dtype=np.int32)  # (A)
        while alive.size:
            counts = self._first[alive + 1] - self._first[alive]
            before = found[alive]
            states.know(before[counts > 0])
            offsets = self._first[alive] - (np.cumsum(counts, dtype=np.int32) - counts)
            nodes = np.arange(int(counts.sum()), dtype=np.int32) + np.repeat(offsets, counts)
            after = states.table[np.repeat(before, counts), self._bytes[nodes]]
            living = after != DEAD
            alive = nodes[living]
            found[alive] = after[living]
        return found[self._place]


def _tree(texts: Sequence[bytes]) -> tuple[NDArray[np.uint8], Numbers, Numbers]:
    """Return the tree of texts.

    Its first result is the last byte (N) of each beginning, of which the first is the empty one; the second where those
    that go on from it begin (N + 1); the third the place (V) of each text, which is N if it is empty.
    """
    order = np.array(sorted((token for token, text in enumerate(texts) if text), key=texts.__getitem__), dtype=np.int64)
    lengths = np.array([len(texts[token]) for token in order], dtype=np.int32)  # (T)
    longest = int(lengths.max(initial=0))
    joined = np.frombuffer(b"".join(texts[token] for token in order), np.uint8)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    same = np.zeros(len(order), dtype=np.int32)  # how much of a text the one before it begins with
    going = np.arange(1, len(order))
    for depth in range(longest):
        going = going[(lengths[going] > depth) & (lengths[going - 1] > depth)]
        going = going[joined[starts[going] + depth] == joined[starts[going - 1] + depth]]
        same[going] += 1
    levels, nodes, counts = [np.zeros(1, dtype=np.uint8)], 1, []
    at = np.zeros(len(order), dtype=np.int32)  # (T) the place of the beginning so far, from the first of its level
    place = np.full(len(texts), -1, dtype=np.int32)
    for depth in range(longest):
        here = np.flatnonzero(lengths > depth)
        new = same[here] <= depth
        parents = at[here][new]
        counts.append(np.bincount(parents, minlength=len(levels[-1])))
        levels.append(joined[starts[here][new] + depth])
        at[here] = np.cumsum(new) - 1
        complete = here[lengths[here] == depth + 1]
        place[order[complete]] = nodes + at[complete]
        nodes += int(new.sum())
    counts.append(np.zeros(len(levels[-1]), dtype=np.int64))
    place[place < 0] = nodes
    first = np.fromiter(itertools.accumulate(np.concatenate(counts).tolist(), initial=1), np.int32, nodes + 1)
    return np.concatenate(levels), first, place
