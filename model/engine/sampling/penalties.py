"""Penalties on tokens that occurred before.

Shapes: V tokens of the vocabulary.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from handeye.model.hardware.transfer import send

_RANGE = torch.finfo(torch.float32)


class Penalties:
    """Changes the logits of tokens that occurred before, by two rules that can be combined.

    The repetition penalty is that of transformers: once for each token of the prompt or the reply, a positive logit is
    divided by it and a negative one multiplied. An image counts as its placeholder token. The frequency penalty is that
    of OpenAI's API: it is subtracted for each time that the token is in the reply. As in vLLM, it comes second.
    """

    def __init__(self, frequency: float, repetition: float, prompt: Sequence[int]) -> None:
        """`prompt` holds the ids of the prompt; only the repetition penalty needs them."""
        # an infinite number would make NaN of 0
        self._frequency = min(max(frequency, -_RANGE.max), _RANGE.max)
        self._repetition = min(max(repetition, _RANGE.tiny), _RANGE.max)
        self._prompt = prompt
        self._state: tuple[Tensor, Tensor] | None = None  # made on the device of the first logits

    def apply(self, logits: Tensor) -> Tensor:
        """Return the changed logits, fp32 (V,). NaN stays, and +inf does not, so look for them before.

        Beyond the range of fp32, a logit is the greatest number, or -inf.
        """
        counts, occurred = self._counted(logits)
        changed = logits.float()
        if self._repetition != 1:
            punished = torch.where(changed < 0, changed * self._repetition, changed / self._repetition)
            changed = torch.where(occurred, punished, changed)
        if self._frequency:
            changed = changed - self._frequency * counts
        return changed.clamp(max=_RANGE.max)

    def count(self, token: int) -> None:
        """Count a token of the reply, after `apply`."""
        if self._state is not None:
            counts, occurred = self._state
            counts[token] += 1
            occurred[token] = True

    def _counted(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Return how often each token is in the reply, fp32 (V,), and whether it occurred at all, bool (V,)."""
        if self._state is None:
            occurred = torch.zeros_like(logits, dtype=torch.bool)
            known = [token for token in set(self._prompt) if token < len(logits)]
            occurred[send(np.array(known, dtype=np.int64), logits.device)] = True
            self._state = torch.zeros_like(logits, dtype=torch.float32), occurred
        return self._state
