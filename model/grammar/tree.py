"""The beginnings of texts.

Shapes: T texts, N beginnings of them, A of these.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


class Tree:
    """The beginnings of texts, the shortest first and in alphabetical order.

    Texts that begin alike share their beginnings, and the ones that go on from a beginning are neighbours. The first
    beginning is the empty one.
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.bytes: Numbers
        """The last byte (N) of each beginning; 0 of the empty one."""
        self.parents: Numbers
        """The beginning (N) that is a byte shorter."""
        self.places: Numbers
        """Which beginning (T) is each text; N if the text is empty."""
        self.levels: list[slice]
        """The beginnings of each length, from 0 on."""
        order = np.array(sorted((at for at, text in enumerate(texts) if text), key=texts.__getitem__), dtype=np.int64)
        lengths = np.array([len(texts[at]) for at in order], dtype=np.int64)
        joined = np.frombuffer(b"".join(texts[at] for at in order), np.uint8).astype(np.int64)
        starts = np.cumsum(lengths) - lengths
        same = _same(joined, starts, lengths)
        bytes_, parents = [np.zeros(1, dtype=np.int64)], [np.zeros(1, dtype=np.int64)]
        self.levels = [slice(0, 1)]
        beginning = np.zeros(len(order), dtype=np.int64)  # of each text, as long as the level
        self.places = np.full(len(texts), -1, dtype=np.int64)
        for depth in range(int(lengths.max(initial=0))):
            here = np.flatnonzero(lengths > depth)
            new = same[here] <= depth
            bytes_.append(joined[starts[here][new] + depth])
            parents.append(beginning[here][new])
            nodes = self.levels[-1].stop
            self.levels.append(slice(nodes, nodes + len(bytes_[-1])))
            beginning[here] = nodes + np.cumsum(new) - 1
            complete = here[lengths[here] == depth + 1]
            self.places[order[complete]] = beginning[complete]
        self.bytes, self.parents = np.concatenate(bytes_), np.concatenate(parents)
        self.places[self.places < 0] = len(self.bytes)
        counts = np.bincount(self.parents[1:], minlength=len(self.bytes))
        self._first = 1 + np.cumsum(counts) - counts
        self._counts = counts

    def children(self, beginnings: Numbers) -> Numbers:
        """Return the beginnings that are a byte longer than some (A), in their order."""
        counts = self._counts[beginnings]
        offsets = self._first[beginnings] - (np.cumsum(counts) - counts)
        return np.repeat(offsets, counts) + np.arange(int(counts.sum()))


def _same(joined: Numbers, starts: Numbers, lengths: Numbers) -> Numbers:
    """Return for each text (T), in order, with how many bytes of it the text before it begins."""
    same = np.zeros(len(starts), dtype=np.int64)
    going, depth = np.arange(1, len(starts)), 0
    while going.size:
        going = going[(lengths[going] > depth) & (lengths[going - 1] > depth)]
        going = going[joined[starts[going] + depth] == joined[starts[going - 1] + depth]]
        depth += 1
        same[going] = depth
    return same
