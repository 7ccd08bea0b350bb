"""Linear layers whose rows begin at 16 bytes, as the products of a GPU want them.

The inner width of the vision transformer's feed-forward layers is 3,420 in the 3B and the 7B: 6,840 bytes in bfloat16.
The weight keeps its shape and its place in the state of the network; only its memory is longer, so it is not
contiguous.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.architecture.layers import Linear, linear

_ALIGNED = 16
"""Bytes."""


class PaddedLinear(Linear):
    """A linear layer whose rows may be further apart in memory than they are long, with zeros between them."""

    def __init__(self, layer: Linear) -> None:
        """Take the weight and the bias of a layer."""
        with torch.device("meta"):
            super().__init__(layer.in_features, layer.out_features, bias=False)
        size = layer.weight.itemsize
        width = -(-layer.in_features * size // _ALIGNED) * _ALIGNED // size
        self._rows = layer.weight.new_zeros(layer.out_features, width)
        weight = self._rows[:, : layer.in_features]
        weight.copy_(layer.weight.detach())
        self.weight = nn.Parameter(weight, requires_grad=layer.weight.requires_grad)
        self.bias = layer.bias

    @property
    def width(self) -> int:
        """Numbers from a row of the weight to the next; `in_features` if it was replaced, or is trained."""
        is_part = self.weight.data_ptr() == self._rows.data_ptr()
        return self._rows.shape[1] if is_part and not torch.is_grad_enabled() else self.in_features

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`.

        A row that has zeros behind its numbers already, (..., width), is not copied.
        """
        width = self.width
        if width == self.in_features:
            return super().forward(x)
        padded = x if x.shape[-1] == width else F.pad(x, (0, width - self.in_features))
        return linear(padded, self._rows, self.bias)


def input_width(layer: nn.Module) -> int:
    """Return how many numbers a row for a linear layer of any kind should have, with zeros behind its own."""
    return int(layer.width if isinstance(layer, PaddedLinear) else layer.in_features)  # type: ignore[arg-type]


def pad(network: nn.Module, kind: str = "cuda") -> None:
    """Replace the linear layers of two bytes a number on devices of a kind whose rows do not begin at 16 bytes."""
    for name in [name for name, _ in network.named_modules()]:  # names, so that no old layer is held
        layer = network.get_submodule(name)
        if type(layer) is not Linear or layer.weight.device.type != kind or layer.weight.itemsize != 2:
            continue
        if layer.in_features * layer.weight.itemsize % _ALIGNED:
            network.set_submodule(name, PaddedLinear(layer))
