"""What chooses the tokens of one reply.

Shapes: V tokens of the vocabulary, R rows of logits.
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from handeye.model.engine.sampling.likely import Changed, Head, Top


class Chooser(ABC):
    """Chooses the tokens of one reply, one after the other; `Choices` asks those of many replies together.

    For each token, logits are changed on the device, a token is picked on the host, and it is accepted.
    """

    plain = False
    """Whether it takes the likeliest token of the network's own logits, if `allows` tells that it may come next."""
    remembers = False
    """Whether what it chooses depends on the tokens before."""

    def allows(self, token: int, device: torch.device) -> bool:
        """Tell whether a token may come next."""
        return True

    @abstractmethod
    def change(self, logits: Tensor) -> Changed:
        """Return what it chooses from instead of the network's logits (V,). Does not wait for the device."""

    @abstractmethod
    def pick(self, found: Top | Head) -> int:
        """Return the next token, of what is likely after the change."""

    @abstractmethod
    def accept(self, token: int, logits: Tensor, row: int) -> None:
        """Go on with a token that was chosen from a row of the network's logits (R, V)."""


class Wrapper(Chooser):
    """Chooses as another chooser does, except for what is added to it."""

    def __init__(self, chooser: Chooser) -> None:
        self.chooser = chooser
        self.plain = chooser.plain
        self.remembers = chooser.remembers

    def allows(self, token: int, device: torch.device) -> bool:
        """Tell whether a token may come next."""
        return self.chooser.allows(token, device)

    def change(self, logits: Tensor) -> Changed:
        """Return the logits as the other chooser changes them."""
        return self.chooser.change(logits)

    def pick(self, found: Top | Head) -> int:
        """Return the next token of the other chooser."""
        return self.chooser.pick(found)

    def accept(self, token: int, logits: Tensor, row: int) -> None:
        """Let the other chooser go on with a token."""
        self.chooser.accept(token, logits, row)
