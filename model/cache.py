"""Keys and values of the tokens that were already read."""

import torch
from torch import Tensor

from handeye.model.config import TextConfig


class KVCache:
    """Preallocated keys and values for every layer, grown in place.

    Shapes: (layers, B, K, capacity, E), with K key-value heads of width E. `length` tokens are filled.
    """

    def __init__(
        self, config: TextConfig, capacity: int, *, batch: int = 1, device: torch.device, dtype: torch.dtype
    ) -> None:
        shape = (config.num_hidden_layers, batch, config.num_key_value_heads, capacity, config.head_dim)
        self._keys = torch.empty(shape, device=device, dtype=dtype)
        self._values = torch.empty(shape, device=device, dtype=dtype)
        self.capacity = capacity
        self.length = 0

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write a layer's new (B, K, L, E) behind the filled part and return all of that layer's, filled and new.

        The length moves on only with `advance`, once every layer has written.
        """
        end = self.length + keys.shape[2]
        if end > self.capacity:
            raise ValueError(f"the cache holds {self.capacity} tokens, {end} are needed")
        self._keys[layer, :, :, self.length : end] = keys
        self._values[layer, :, :, self.length : end] = values
        return self._keys[layer, :, :, :end], self._values[layer, :, :, :end]

    def advance(self, tokens: int) -> None:
        """Count the tokens that all layers have written."""
        self.length += tokens

    def truncate(self, length: int) -> None:
        """Forget every token from `length` on."""
        if not 0 <= length <= self.length:
            raise ValueError(f"cannot truncate {self.length} tokens to {length}")
        self.length = length

    def reserve(self, capacity: int) -> None:
        """Make room for `capacity` tokens, keeping what is filled."""
        if capacity <= self.capacity:
            return
        for name in ("_keys", "_values"):
            old: Tensor = getattr(self, name)
            new = old.new_empty((*old.shape[:3], capacity, old.shape[4]))
            new[:, :, :, : self.length] = old[:, :, :, : self.length]
            setattr(self, name, new)
        self.capacity = capacity
