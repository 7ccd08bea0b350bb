"""A rule for a vocabulary: which tokens may come next, and which must.

Shapes: V tokens of the vocabulary.
"""

import threading
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from handeye.actions.grammar import Rule
from handeye.model.grammar.automaton import Automaton
from handeye.model.grammar.distance import FAR, distances
from handeye.model.grammar.states import DEAD, States
from handeye.model.grammar.vocabulary import Vocabulary
from handeye.model.hardware.transfer import send

_MEMORY = 64 * 2**20
"""Bytes of the masks that are kept."""
_FORCED = 256
"""Bytes that are looked ahead where there is one way."""


class Mask(NamedTuple):
    """The tokens that may follow a state."""

    after: NDArray[np.int32]
    """The state (V) to which each token leads; `DEAD` for those that may not follow, and for closing ones."""
    most: int
    """The tokens that are enough to end the reply, whichever may follow: with that one and a closing one."""
    blocked: Tensor
    """Those (V) that may not follow, in a reply that has room for `most`."""


class Compiled:
    """The states of a rule, and the masks of those that replies came to. May be used from several threads."""

    def __init__(self, rule: Rule, vocabulary: Vocabulary) -> None:
        """Compile a rule.

        Raises:
            ValueError: no text fits the rule, or it is too large.
        """
        automaton = Automaton(rule)
        self._vocabulary = vocabulary
        self._states = States(automaton, distances(automaton, vocabulary.known))
        self._masks: OrderedDict[tuple[int, torch.device], Mask] = OrderedDict()
        self._most_masks = max(8, _MEMORY // (5 * vocabulary.size))
        self._forced: dict[int, tuple[int, ...]] = {}
        self._lock = threading.RLock()
        self.start = self._states.start
        if self.least(self.start) >= FAR:
            raise ValueError("no text fits the grammar")

    def __len__(self) -> int:
        """Return the number of states that were found so far."""
        return len(self._states)

    def least(self, state: int) -> int:
        """Return how many tokens are enough to end a reply, the closing one included."""
        return int(self._states.distance[state]) + 1

    def after(self, state: int, text: bytes) -> int:
        """Return the state that a text leads to, which is `DEAD` if no reply goes on so."""
        with self._lock:
            return self._states.after(state, text)

    def closes(self, token: int) -> bool:
        """Tell whether a token ends a reply."""
        return token in self._vocabulary.closing

    def text(self, token: int) -> bytes:
        """Return the text of a token, which is empty for control tokens."""
        return self._vocabulary.texts[token]

    def mask(self, state: int, device: torch.device) -> Mask:
        """Return which tokens may follow a state; `blocked` is on the device."""
        with self._lock:
            found = self._masks.get((state, device))
            if found is None:
                found = self._masks[state, device] = self._mask(state, device)
                if len(self._masks) > self._most_masks:
                    self._masks.popitem(last=False)
            else:
                self._masks.move_to_end((state, device))
            return found

    def blocked(self, state: int, mask: Mask, room: int) -> NDArray[np.bool_]:
        """Return the tokens (V) that may not follow a state in a reply that may have `room` further tokens."""
        # two more than after them: themselves and the closing one
        found: NDArray[np.bool_] = self._states.distance[mask.after] + 2 > room
        if self.least(state) == 1:
            found[[*self._vocabulary.closing]] = False
        return found

    def _mask(self, state: int, device: torch.device) -> Mask:
        after = self._vocabulary.ends(self._states, state)
        distance = self._states.distance[after]
        after[distance == FAR] = DEAD
        mask = Mask(after, int(distance[distance < FAR].max(initial=-1)) + 2, torch.empty(0))
        return mask._replace(blocked=send(self.blocked(state, mask, FAR), device))

    def forced(self, state: int) -> tuple[int, ...]:
        """Return the tokens that the text which must follow is usually written with, the closing one included."""
        with self._lock:
            found = self._forced.get(state)
            if found is None:
                found = self._forced[state] = tuple(self._guess(state))
            return found

    def _guess(self, state: int) -> list[int]:
        text = bytearray()
        while len(text) < _FORCED:
            ways = np.flatnonzero(self._states.following(state) != DEAD)
            complete = self._states.distance[state] == 0
            if len(ways) != 1 or complete:
                break
            text += bytes(ways.tolist())
            state = int(self._states.following(state)[ways[0]])
        try:
            tokens = self._vocabulary.encode(text.decode())
        except UnicodeDecodeError:  # it begins or ends within a character
            return []
        if complete and not len(ways):
            tokens.append(self._vocabulary.closing[-1])  # of Qwen's two, the one that ends a turn
        return tokens
