"""Choosing and ending: what makes transformers' loop draw and stop as handeye's own does."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import LogitsProcessor, StoppingCriteria

from handeye.model.conversation.reply import Reply


class Choosing(LogitsProcessor):  # type: ignore[misc]  # transformers is an extra
    """Leaves one token that can be taken, the one that handeye's rule of sampling chooses."""

    def __init__(self, choose: Callable[[Tensor], int], vocabulary: int) -> None:
        """`choose` takes logits (V,), of the `vocabulary` V without the padding rows of the embedding."""
        self._choose = choose
        self._vocabulary = vocabulary

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return scores (1, V + padding) in which all but the chosen token are -inf."""
        token = self._choose(scores[0, : self._vocabulary])
        only = torch.full_like(scores, -torch.inf)
        only[0, token] = 0
        return only


class Ending(StoppingCriteria):  # type: ignore[misc]  # transformers is an extra
    """Passes each token on to the reply, and ends it at a closing token or a stop string."""

    def __init__(self, reply: Reply, closing: frozenset[int], clock: Callable[[], float]) -> None:
        self._reply = reply
        self._closing = closing
        self._clock = clock
        self.tokens: list[int] = []
        """Every token that was generated."""
        self.ended = False
        """Whether the reply ended before the limit."""
        self.first: float | None = None
        """When the first token was there, in seconds."""

    def __call__(self, input_ids: Tensor, scores: Any, **kwargs: object) -> torch.BoolTensor:
        """Return whether the reply has ended, (1,)."""
        token = int(input_ids[0, -1])
        self.first = self._clock() if self.first is None else self.first
        self.tokens.append(token)
        self.ended = token in self._closing or self._reply.push(token)
        return torch.tensor([self.ended], device=input_ids.device)  # type: ignore[return-value]  # of booleans
