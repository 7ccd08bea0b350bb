"""The texts of a vocabulary's tokens, arranged so that an automaton reads all of them at once.

Shapes: V tokens, N beginnings of their texts.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from handeye.model.grammar.states import DEAD, States
from handeye.model.grammar.tree import Tree

_MANY = 0.25
"""The share of a level from which on all that follow are read, which is simpler than choosing them."""


class Vocabulary:
    """The tokens that can be written in a text, and those that end it."""

    def __init__(
        self, texts: Sequence[bytes], closing: frozenset[int], encode: Callable[[str], list[int]] = lambda text: []
    ) -> None:
        """Take the bytes of each token (V), none for those that have no text.

        closing: the tokens that end a reply; they are no part of its text.
        encode: the tokens that a text is usually written with.
        """
        self.texts = [b"" if token in closing else text for token, text in enumerate(texts)]
        self.size = len(texts)
        self.closing = tuple(sorted(token for token in closing if token < self.size))
        self.encode = encode
        self.known = frozenset(self.texts)
        """The texts of all tokens."""
        self._tree = Tree(self.texts)

    def ends(self, states: States, start: int) -> NDArray[np.int32]:
        """Return the state (V) to which each token leads from a state; `DEAD` for those that may not come next."""
        tree = self._tree
        found = np.full(len(tree.bytes) + 1, DEAD, dtype=np.int32)  # (N + 1): the last stands for all without a text
        found[0] = start
        alive = np.zeros(1, dtype=np.int64)
        for level, longer in zip(tree.levels, tree.levels[1:], strict=False):
            states.know(found[alive])
            whole = len(alive) > _MANY * (level.stop - level.start)
            nodes = np.arange(longer.start, longer.stop) if whole else tree.children(alive)
            before = found[tree.parents[nodes]].astype(np.int64)
            after = states.table.ravel().take(256 * before + tree.bytes[nodes])
            found[nodes] = after
            alive = nodes[after != DEAD]
            if not alive.size:
                break
        return found[tree.places]
