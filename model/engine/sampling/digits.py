"""How likely the network found each decimal digit, at the places where replies have one.

Shapes: N places, R rows of logits, V tokens of the vocabulary.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.engine.request import Request


class DigitPlace(NamedTuple):
    """Where a reply has a digit."""

    request: Request
    number: int
    """Of the token, among those of the reply."""
    row: int
    """Of the logits that it was chosen from."""


class DigitProbabilities:
    """Measures the digits of one step together, so the device is waited for once; other tokens cost nothing."""

    def __init__(self, ids: Sequence[int]) -> None:
        """Take the ids of the digits 0 to 9, in this order; none if the vocabulary has no such tokens."""
        self._ids = torch.tensor(ids, dtype=torch.long)
        self._known = frozenset(ids)

    def __contains__(self, token: int) -> bool:
        """Tell whether a token is a digit."""
        return token in self._known

    def keep(self, logits: Tensor, places: Sequence[DigitPlace]) -> None:
        """Give the replies the probabilities of the ten digits at places whose tokens came from logits (R, V)."""
        rows = [place.row for place in places]
        chosen = logits if rows == list(range(len(logits))) else logits[rows]  # (N, V)
        if self._ids.device != logits.device:
            self._ids = self._ids.to(logits.device)
        shares = chosen.softmax(dim=-1, dtype=torch.float32).index_select(1, self._ids)  # (N, 10)
        for place, ten in zip(places, shares.tolist(), strict=True):
            place.request.digits[place.number] = tuple(ten)
