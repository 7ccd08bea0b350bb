"""The memory of keys and values: slots, one for each token, in every layer."""

from collections.abc import Sequence

import torch
from torch import Tensor

from handeye.model.config import TextConfig
from handeye.model.placement import Place


class Pages:
    """Preallocated keys and values of all sequences, filled in place. With a capacity of 0 it takes no memory.

    Shapes: for each layer (1, K, capacity, E), with K key-value heads of width E. T tokens are written or read. Which
    slots belong to which sequence is said by `engine.blocks`; slots are named by ranges, because consecutive ones are
    read without a copy.
    """

    def __init__(self, config: TextConfig, places: Sequence[Place]) -> None:
        """`places` says where each layer is, and so its pages."""
        self._places = places
        self._heads = config.num_key_value_heads
        self._width = config.head_dim
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self.capacity = 0

    def reserve(self, capacity: int) -> None:
        """Make room for `capacity` tokens, keeping what is there."""
        if capacity <= self.capacity:
            return
        keys, values = self._grown(self._keys, capacity), self._grown(self._values, capacity)
        self._keys, self._values, self.capacity = keys, values, capacity

    def clear(self) -> None:
        """Free the memory."""
        self._keys, self._values, self.capacity = [], [], 0

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
        shape = (1, self._heads, capacity, self._width)
        new = [torch.empty(shape, device=place.device, dtype=place.compute) for place in self._places]
        for before, after in zip(old, new, strict=False):
            after[:, :, : self.capacity] = before
        return new
