"""Choosing tokens among those that a constraint allows.

Shapes: V tokens of the vocabulary.
"""

import sys
from typing import Protocol

import torch
from torch import Tensor

from handeye.model.engine.sampling.chooser import Chooser, Wrapper
from handeye.model.engine.sampling.likely import Changed


class Constraint(Protocol):
    """What one reply has to be, and how far it is."""

    def allows(self, token: int, room: int, device: torch.device) -> bool:
        """Tell whether a token may come next in a reply that may have `room` further tokens."""

    def blocked(self, room: int, device: torch.device) -> Tensor:
        """Return the tokens, bool (V,) on the device, that may not come next in such a reply."""

    def tight(self, room: int, device: torch.device) -> bool:
        """Tell whether a token may be blocked only because there is so little room."""

    def consume(self, token: int) -> None:
        """Go on with a token that may come next."""


class Masked(Wrapper):
    """Chooses tokens as another chooser does, among those that a constraint allows: for one reply."""

    def __init__(self, chooser: Chooser, constraint: Constraint, room: int) -> None:
        """room: the most tokens that the reply may have."""
        super().__init__(chooser)
        self.remembers = True
        self._constraint = constraint
        self._room = room
        self._hurried: Tensor | None = None  # bool (1,) on the device, so that nothing waits for it before the end

    @property
    def hurried(self) -> bool:
        """Whether the likeliest token was once blocked for want of room: then the limit has ended the reply, and not
        the model."""
        return self._hurried is not None and bool(self._hurried)

    def allows(self, token: int, device: torch.device) -> bool:
        """Tell whether the constraint allows a token."""
        return self._constraint.allows(token, self._room, device)

    def change(self, logits: Tensor) -> Changed:
        """Return the logits of the tokens that are allowed, changed as the other chooser does."""
        blocked = self._constraint.blocked(self._room, logits.device)
        if self._constraint.tight(self._room, logits.device):
            free = self._constraint.blocked(sys.maxsize, logits.device)
            likeliest = logits.masked_fill(free, -torch.inf).argmax(dim=0, keepdim=True)
            hurried = blocked.index_select(0, likeliest)
            self._hurried = hurried if self._hurried is None else self._hurried | hurried
        return self.chooser.change(logits.masked_fill(blocked, -torch.inf))

    def accept(self, token: int, logits: Tensor, row: int) -> None:
        """Go on with a token that is allowed."""
        self.chooser.accept(token, logits, row)
        self._constraint.consume(token)
        self._room -= 1
