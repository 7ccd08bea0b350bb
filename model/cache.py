"""The key-value cache: keys and values of the tokens that were already read."""

import torch
from torch import Tensor

from handeye.model.config import TextConfig


class KVCache:
    """Preallocated keys and values for every layer, filled in place. With a capacity of 0 it takes no memory.

    Shapes: for each layer (B, K, capacity, E), with K key-value heads of width E. `length` tokens are filled.
    """

    def __init__(
        self, config: TextConfig, capacity: int, *, batch: int = 1, device: torch.device, dtype: torch.dtype
    ) -> None:
        self._layers = config.num_hidden_layers
        self._heads = (batch, config.num_key_value_heads)
        self._width = config.head_dim
        self._device, self._dtype = device, dtype
        self._keys: list[Tensor] = []
        self._values: list[Tensor] = []
        self.capacity = 0
        self.length = 0
        self.reserve(capacity)

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Append a layer's new keys and values (B, K, L, E) and return all of the layer's, old and new.

        The length changes only with `advance`, after every layer has written.
        """
        new = keys.shape[2]
        end = self.length + new
        if end > self.capacity:
            raise ValueError(f"the cache has room for {self.capacity} tokens, but {end} are needed")
        all_keys, all_values = self._keys[layer], self._values[layer]
        all_keys.narrow(2, self.length, new).copy_(keys)
        all_values.narrow(2, self.length, new).copy_(values)
        return all_keys.narrow(2, 0, end), all_values.narrow(2, 0, end)

    def advance(self, tokens: int) -> None:
        """Count the tokens that all layers have written."""
        self.length += tokens

    def truncate(self, length: int) -> None:
        """Drop all tokens from `length` on."""
        if not 0 <= length <= self.length:
            raise ValueError(f"cannot truncate {self.length} tokens to {length}")
        self.length = length

    def reserve(self, capacity: int) -> None:
        """Make room for `capacity` tokens, keeping the filled part."""
        if capacity <= self.capacity:
            return
        keys, values = self._grown(self._keys, capacity), self._grown(self._values, capacity)
        self._keys, self._values, self.capacity = keys, values, capacity

    def _grown(self, old: list[Tensor], capacity: int) -> list[Tensor]:
        """Return tensors of that capacity, one for each layer, with the filled part of the old ones."""
        shape = (*self._heads, capacity, self._width)
        new = [torch.empty(shape, device=self._device, dtype=self._dtype) for _ in range(self._layers)]
        for before, after in zip(old, new, strict=False):
            after[:, :, : self.length] = before[:, :, : self.length]
        return new
