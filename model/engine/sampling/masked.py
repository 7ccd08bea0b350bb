"""Choosing tokens among those that a constraint allows.

Shapes: V tokens of the vocabulary.
"""

import sys
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

Chooser = Callable[[Tensor], int]
"""From logits (V,) to a token."""


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


class Masked:
    """Chooses tokens as another function does, among those that a constraint allows: for one reply."""

    hurried = False
    """Whether the likeliest token was once blocked for want of room: then the limit has ended the reply, and not the
    model."""

    def __init__(self, choose: Chooser, constraint: Constraint, room: int) -> None:
        """room: the most tokens that the reply may have."""
        self.choose = choose
        self._constraint = constraint
        self._room = room

    def __call__(self, logits: Tensor) -> int:
        """Return the next token from logits (V,)."""
        blocked = self._constraint.blocked(self._room, logits.device)
        if not self.hurried and self._constraint.tight(self._room, logits.device):
            free = self._constraint.blocked(sys.maxsize, logits.device)
            self.hurried = bool(blocked[logits.masked_fill(free, -torch.inf).argmax()])
        token = self.choose(logits.masked_fill(blocked, -torch.inf))
        self._consume(token)
        return token

    def take(self, token: int, device: torch.device) -> bool:
        """Take a token if it is allowed, and tell whether it is."""
        if not self._constraint.allows(token, self._room, device):
            return False
        self._consume(token)
        return True

    def _consume(self, token: int) -> None:
        self._constraint.consume(token)
        self._room -= 1
