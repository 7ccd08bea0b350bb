"""The probabilities of the tokens of a reply, taken down while they are chosen.

They are those of the model itself: before temperature, penalties and constraints.
Shapes: V tokens of the vocabulary.
"""

from collections.abc import Callable, Container
from typing import NamedTuple

import torch
from torch import Tensor


class TokenProbability(NamedTuple):
    """A token, and the logarithm of its probability."""

    token: int
    logprob: float


class Taken(NamedTuple):
    """A token of a reply, and the likeliest ones in its place, the likeliest first."""

    chosen: TokenProbability
    likeliest: tuple[TokenProbability, ...]


class Logprobs:
    """Chooses tokens as another function does, and takes down their probabilities."""

    def __init__(self, choose: Callable[[Tensor], int], count: int, closing: Container[int]) -> None:
        """count: how many of the likeliest tokens are taken down. closing: tokens that are not part of the reply."""
        self._choose = choose
        self._count = count
        self._closing = closing
        self._taken: list[Taken] = []

    def __call__(self, logits: Tensor) -> int:
        """Return the next token from logits (V,)."""
        token = self._choose(logits)
        if token not in self._closing:
            logarithms = torch.log_softmax(logits.float(), dim=0)
            values, ids = logarithms.topk(min(self._count, len(logits)))
            likeliest = tuple(map(TokenProbability, ids.tolist(), values.tolist()))
            self._taken.append(Taken(TokenProbability(token, float(logarithms[token])), likeliest))
        return token

    def take(self) -> tuple[Taken, ...]:
        """Return what was taken down since the last call."""
        taken, self._taken = self._taken, []
        return tuple(taken)
