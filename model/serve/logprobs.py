"""The probabilities of the tokens of a reply, taken down while they are chosen.

They are those of the model itself: before temperature, penalties and constraints.
Shapes: V tokens of the vocabulary.
"""

from collections.abc import Container
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.engine.sampling.chooser import Chooser, Wrapper


class TokenProbability(NamedTuple):
    """A token, and the logarithm of its probability."""

    token: int
    logprob: float


class Taken(NamedTuple):
    """A token of a reply, and the likeliest ones in its place, the likeliest first."""

    chosen: TokenProbability
    likeliest: tuple[TokenProbability, ...]


class Logprobs(Wrapper):
    """Chooses tokens as another chooser does, and takes down their probabilities."""

    def __init__(self, chooser: Chooser, count: int, closing: Container[int]) -> None:
        """count: how many of the likeliest tokens are taken down. closing: tokens that are not part of the reply."""
        super().__init__(chooser)
        self._count = count
        self._closing = closing
        self._taken: list[Taken] = []

    def accept(self, token: int, logits: Tensor, row: int) -> None:
        """Go on with a token, and take it down."""
        self.chooser.accept(token, logits, row)
        if token not in self._closing:
            logarithms = torch.log_softmax(logits[row].float(), dim=0)
            values, ids = logarithms.topk(min(self._count, len(logarithms)))
            likeliest = tuple(map(TokenProbability, ids.tolist(), values.tolist()))
            self._taken.append(Taken(TokenProbability(token, float(logarithms[token])), likeliest))

    def take(self) -> tuple[Taken, ...]:
        """Return what was taken down since the last call."""
        taken, self._taken = self._taken, []
        return tuple(taken)
