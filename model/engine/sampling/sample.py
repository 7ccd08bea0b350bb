"""How the next token is chosen from logits.

Shapes: V tokens of the vocabulary (without the padding rows of the embedding), R rows, one for each reply.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.penalties import Penalties
from handeye.model.errors import NonFiniteOutput

_SEEDS = -(2**63), 2**64 - 1
"""The smallest and the largest seed that PyTorch takes."""
_EXACT = ("cpu", "cuda")
"""Devices that compute in fp64."""
_FEW = 512
"""Tokens among which one is looked for before all are sorted, which takes long."""


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

    def chooser(self, prompt: Sequence[int] = ()) -> Callable[[Tensor], int]:
        """Return a function from logits (V,) to a token id, with its own random state and counts: for one reply.

        `prompt` holds the ids of the prompt; only a repetition penalty needs them. The function raises
        `NonFiniteOutput` if the logits hold NaN or an infinite value.
        """
        plain = self._unpunished()
        if self.frequency_penalty == 0 and self.repetition_penalty == 1:
            return plain
        penalties = Penalties(self.frequency_penalty, self.repetition_penalty, prompt)

        def choose(logits: Tensor) -> int:
            _likeliest(logits)  # checks them
            token = plain(penalties.apply(logits))
            penalties.count(token)
            return token

        return choose

    def _unpunished(self) -> Callable[[Tensor], int]:
        if self.temperature == 0:
            return _likeliest
        generator = torch.Generator()
        if self.seed is None:
            generator.seed()
        else:
            generator.manual_seed(int(self.seed))
        return lambda logits: self._draw(logits, generator)

    def _draw(self, logits: Tensor, generator: torch.Generator) -> int:
        _likeliest(logits)  # checks them
        # The greatest becomes 0 before the division: near temperature 0 all others become -inf, whose probability is 0.
        # In fp64 no temperature is too small: the smallest of fp32 would be rounded to 0.
        exact = (logits if logits.device.type in _EXACT else logits.cpu()).double()
        probabilities = torch.softmax((exact - exact.max()) / self.temperature, dim=0)
        place = torch.rand((), generator=generator, dtype=torch.float64)
        few, ids = (part.cpu() for part in probabilities.topk(min(_FEW, len(logits))))
        sure = int((few > few[-1]).sum())  # there may be others like the last of them
        drawn = self._at(place, few[:sure], ids[:sure])
        if drawn is None:
            drawn = self._at(place, probabilities.cpu(), torch.arange(len(logits)), last=True)
        assert drawn is not None
        return drawn

    def _at(self, place: Tensor, probabilities: Tensor, ids: Tensor, *, last: bool = False) -> int | None:
        """Return the token at a place from 0 to 1 among tokens that lie one after the other, the likeliest first.

        Each takes as much room as its probability. None if the place is beyond these tokens, or what `top_p` leaves out
        begins there; not if they are the `last`.
        """
        by_id = ids.argsort()  # of equal ones, the lowest id comes first, on any device
        ordered, order = probabilities[by_id].sort(descending=True, stable=True)
        stops, room = ordered.cumsum(0), 1.0
        if self.top_p < 1:
            kept = int((stops - ordered < self.top_p).sum())  # the likeliest always stays
            if kept == len(ordered) and not last:
                return None
            stops = stops[:kept]
            room = float(stops[-1])
        found = (stops > place * room).nonzero()[:1]
        if not len(found):
            if not last:
                return None
            found = (ordered[: len(stops)] > 0).nonzero()[-1:]  # rounding has moved the place beyond the last of them
        return int(ids[by_id[order[found[0]]]])


def _likeliest(logits: Tensor) -> int:
    """Return the id of the greatest logit; NaN counts as greater than all others, so looking at one logit is enough."""
    value, token = logits.max(dim=0)
    if not math.isfinite(float(value)):
        raise NonFiniteOutput(f"the greatest logit is {float(value)}")
    return int(token)


class Choices:
    """The logits (R, V) of several replies, or of several places in one, from which tokens are chosen one by one.

    The likeliest tokens of all rows are found at once, so the device is waited for only once.
    """

    def __init__(self, logits: Tensor) -> None:
        self._logits = logits
        greatest, likeliest = logits.max(dim=-1)
        self._greatest: list[float] = greatest.tolist()
        self._likeliest: list[int] = likeliest.tolist()

    def take(self, row: int, chooser: Callable[[Tensor], int]) -> int:
        """Return the token of a row that a reply's chooser takes.

        Raises:
            NonFiniteOutput: the row holds NaN or an infinite value.
        """
        if not math.isfinite(self._greatest[row]):
            raise NonFiniteOutput(f"the greatest logit is {self._greatest[row]}")
        token = self._likeliest[row]
        if chooser is _likeliest:
            return token
        if isinstance(chooser, Masked) and chooser.choose is _likeliest and chooser.take(token, self._logits.device):
            return token
        return chooser(self._logits[row])
