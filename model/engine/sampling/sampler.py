"""Sampling the tokens of one reply.

Shapes: V tokens of the vocabulary, F of the likeliest ones.
"""

import torch
from torch import Tensor

from handeye.model.engine.sampling.chooser import Chooser
from handeye.model.engine.sampling.likely import Changed, Head, Top
from handeye.model.engine.sampling.penalties import Penalties


class Sampler(Chooser):
    """Takes the likeliest tokens, or draws them, with a random state and counts of its own."""

    def __init__(self, temperature: float, top_p: float, seed: int | None, penalties: Penalties | None) -> None:
        """See `handeye.model.engine.sampling.sample.Sampling`."""
        self._temperature = temperature
        self._top_p = top_p
        self._penalties = penalties
        self._generator: torch.Generator | None = None
        self.plain = temperature == 0 and penalties is None
        self.remembers = penalties is not None
        if temperature:
            self._generator = torch.Generator()
            if seed is None:
                self._generator.seed()
            else:
                self._generator.manual_seed(seed)

    def change(self, logits: Tensor) -> Changed:
        """Return the logits after the penalties."""
        return Changed(logits if self._penalties is None else self._penalties.apply(logits), self._temperature)

    def pick(self, found: Top | Head) -> int:
        """Return the likeliest token, or draw one."""
        if isinstance(found, Top):
            return found.token
        place = torch.rand((), generator=self._generator, dtype=torch.float64)
        sure = int((found.probabilities > found.probabilities[-1]).sum())  # there may be others like the last of them
        drawn = self._at(place, found.probabilities[:sure], found.ids[:sure])
        if drawn is None:
            drawn = self._at(place, found.rest.cpu(), torch.arange(len(found.rest)), last=True)
        assert drawn is not None
        return drawn

    def accept(self, token: int, logits: Tensor, row: int) -> None:
        """Count a token."""
        if self._penalties is not None:
            self._penalties.count(token)

    def _at(self, place: Tensor, probabilities: Tensor, ids: Tensor, *, last: bool = False) -> int | None:
        """Return the token at a place from 0 to 1 among tokens that lie one after the other, the likeliest first.

        Each takes as much room as its probability. None if the place is beyond these tokens, or what `top_p` leaves out
        begins there; not if they are the `last`.
        """
        by_id = ids.argsort()  # of equal ones, the lowest id comes first, on any device
        ordered, order = probabilities[by_id].sort(descending=True, stable=True)
        stops, room = ordered.cumsum(0), 1.0
        if self._top_p < 1:
            kept = int((stops - ordered < self._top_p).sum())  # the likeliest always stays
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
