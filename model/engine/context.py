"""What the tokens of several sequences see that are read in one forward pass, without padding."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.architecture.context import attention
from handeye.model.engine.blocks import Table
from handeye.model.engine.pages import Pages


class Part(NamedTuple):
    """The next tokens of one sequence."""

    table: Table
    """Its blocks have room for them; its length is that before them."""
    new: int
    wanted: int
    """How many of them, counted from the last one, need a result."""


class Paged:
    """The new tokens of all sequences are in one row, (1, L, ...), one sequence after the other.

    Each sees the tokens of its own sequence: those in its pages, and the new ones up to itself. The new ones count as
    read only when their table's length says so.
    """

    def __init__(self, pages: Pages, parts: Sequence[Part]) -> None:
        self._pages = pages
        self.parts = parts
        self._new: list[range] = []
        self._seen: list[list[range]] = []
        for table, new, _ in parts:
            self._new += table.slots(table.length, table.length + new)
            self._seen.append(table.slots(0, table.length + new))
        self._wanted = sum(part.wanted for part in parts)
        self._rows: Tensor | None = None

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Store the new keys and values, and mix the values that each token sees; see `Context.attend`."""
        self._pages.write(layer, self._new, k, v)
        if len(self._seen) == 1:
            return attention(q, *self._pages.read(layer, self._seen[0]))
        last = q.shape[2] == self._wanted
        rows = q.split_with_sizes([part.wanted if last else part.new for part in self.parts], dim=2)
        mixed = [attention(each, *self._pages.read(layer, seen)) for each, seen in zip(rows, self._seen, strict=True)]
        return torch.cat(mixed, dim=2)

    def last(self, x: Tensor) -> Tensor:
        """Return the rows of the tokens that need a result, of the last ones of each sequence."""
        if self._wanted == x.shape[1]:
            return x
        if len(self.parts) == 1:
            return x[:, -self._wanted :]
        if self._rows is None:
            stops = itertools.accumulate(part.new for part in self.parts)
            rows = [
                row for part, stop in zip(self.parts, stops, strict=True) for row in range(stop - part.wanted, stop)
            ]
            self._rows = torch.tensor(rows, device=x.device)
        return x[:, self._rows]
