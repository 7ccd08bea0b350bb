"""The memory of keys and values: slots, one for each token, in every layer."""

from collections.abc import Sequence

import torch
from torch import Tensor

from handeye.model.architecture.config import TextConfig
from handeye.model.architecture.placement import Place
from handeye.model.engine.blocks import SIZE

_AT_ONCE = 4096
"""Slots by which the memory grows at least on a GPU: what is recorded there has to be recorded again when it grows."""


class Pages:
    """Preallocated keys and values of all sequences, filled in place. With a capacity of 0 it takes no memory.

    Shapes: for each layer (1, K, capacity + 1, E), with K key-value heads of width E. T tokens are written or read.
    Which slots belong to which sequence is said by `engine.blocks`; slots are named by ranges, because consecutive ones
    are read without a copy.
    """

    def __init__(self, config: TextConfig, places: Sequence[Place], most: int | None = None) -> None:
        """`places` says where each layer is, and so its pages.

        most: the most slots that will ever be asked for, if that is known. A GPU makes all of them at once: they never
        move, so there are never two sets of them, and nothing has to be recorded again.
        """
        self._places = places
        self._most = most
        self._heads = config.num_key_value_heads
        self._width = config.head_dim
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self.capacity = 0
        self.made = 0
        """How often the memory was made or freed: since then, it has not moved."""

    def reserve(self, capacity: int) -> None:
        """Make room for `capacity` tokens, keeping what is there."""
        if capacity <= self.capacity:
            return
        if self._places[0].device.type == "cuda":
            capacity = max(capacity, self._most or -(-max(capacity, self.capacity * 3 // 2) // _AT_ONCE) * _AT_ONCE)
        keys, values = self._grown(self._keys, capacity), self._grown(self._values, capacity)
        self._keys, self._values, self.capacity = keys, values, capacity
        self.made += 1

    def clear(self) -> None:
        """Free the memory."""
        self._keys, self._values, self.capacity = [], [], 0
        self.made += 1

    @property
    def blocks(self) -> int:
        """The number of blocks that there is memory for."""
        return self.capacity // SIZE

    @property
    def unused(self) -> int:
        """A slot after all blocks, which nothing reads."""
        return self.capacity

    def layer(self, layer: int) -> tuple[Tensor, Tensor]:
        """Return a layer's keys and values in all slots, (1, K, capacity + 1, E) each."""
        return self._keys[layer], self._values[layer]

    def write(self, layer: int, slots: Sequence[range], keys: Tensor, values: Tensor) -> None:
        """Store a layer's keys and values, (1, K, T, E) each, in slots in order."""
        done = 0
        for part in slots:
            start, count = part.start, len(part)
            self._keys[layer].narrow(2, start, count).copy_(keys if len(slots) == 1 else keys.narrow(2, done, count))
            self._values[layer].narrow(2, start, count).copy_(
                values if len(slots) == 1 else values.narrow(2, done, count)
            )
            done += count

    def read(self, layer: int, slots: Sequence[range]) -> tuple[Tensor, Tensor]:
        """Return a layer's keys and values in slots, (1, K, T, E) each: views if the slots are consecutive."""
        if len(slots) == 1:
            start, count = slots[0].start, len(slots[0])
            return self._keys[layer].narrow(2, start, count), self._values[layer].narrow(2, start, count)
        keys, values = (
            torch.cat([pages[layer].narrow(2, part.start, len(part)) for part in slots], dim=2)
            for pages in (self._keys, self._values)
        )
        return keys, values

    def copy(self, source: range, start: int) -> None:
        """Copy what is in some slots to those from `start` on."""
        for pages in (*self._keys, *self._values):
            pages.narrow(2, start, len(source)).copy_(pages.narrow(2, source.start, len(source)).clone())

    def _grown(self, old: Sequence[Tensor], capacity: int) -> list[Tensor]:
        """Return tensors of that capacity, one for each layer, with the contents of the old ones."""
        shape = (1, self._heads, capacity + 1, self._width)
        new = [torch.empty(shape, device=place.device, dtype=place.compute) for place in self._places]
        for before, after in zip(old, new, strict=False):
            after[:, :, : self.capacity] = before[:, :, : self.capacity]
        return new
