"""How the next token is chosen from logits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from handeye.model.engine.sampling.penalties import Penalties
from handeye.model.engine.sampling.sampler import Sampler

_SEEDS = -(2**63), 2**64 - 1
"""The smallest and the largest seed that PyTorch takes."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is chosen."""

    temperature: float = 0.0
    """0 takes the likeliest token; 1 samples from the model's own distribution."""
    top_p: float = 1.0
    """Sample from the likeliest tokens that together have this probability."""
    seed: int | None = None
    """Runs with the same seed sample the same tokens, on any device; None uses a random seed."""
    frequency_penalty: float = 0.0
    """What a token's logit loses for each time that it is in the reply."""
    repetition_penalty: float = 1.0
    """What the logit of a token of the prompt or the reply is divided by; multiplied, if it is negative."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise ValueError(f"temperature must be 0 or more, not {self.temperature}")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p must be above 0 and at most 1, not {self.top_p}")
        if self.seed is not None and not (_SEEDS[0] <= self.seed <= _SEEDS[1] and int(self.seed) == self.seed):
            raise ValueError(f"seed must be a whole number of at most 64 bits, not {self.seed}")
        if not math.isfinite(self.frequency_penalty):
            raise ValueError(f"frequency_penalty must be a finite number, not {self.frequency_penalty}")
        if not (math.isfinite(self.repetition_penalty) and self.repetition_penalty > 0):
            raise ValueError(f"repetition_penalty must be a finite number above 0, not {self.repetition_penalty}")

    def chooser(self, prompt: Sequence[int] = ()) -> Sampler:
        """Return what chooses the tokens of one reply, with its own random state and counts.

        `prompt` holds the ids of the prompt; only a repetition penalty needs them.
        """
        punished = self.frequency_penalty != 0 or self.repetition_penalty != 1
        penalties = Penalties(self.frequency_penalty, self.repetition_penalty, prompt) if punished else None
        return Sampler(self.temperature, self.top_p, None if self.seed is None else int(self.seed), penalties)
