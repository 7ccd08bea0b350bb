"""Four-bit layers of a GPU in the layout that its kernels read."""

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import released_layers
from handeye.model.kernels.int4 import Int4, pack
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.linear import PackedLinear


class Int4Linear(PackedLinear):
    """A linear layer whose weight is an `Int4`."""

    packed: Tensor
    scales: Tensor
    zeros: Tensor
    order: Tensor | None

    def __init__(self, weight: Int4, bias: nn.Parameter | None) -> None:
        super().__init__(2 * weight.packed.shape[1], len(weight.packed), bias=False)
        for name, tensor in weight._asdict().items():
            self.register_parameter(name, None if tensor is None else nn.Parameter(tensor, requires_grad=False))
        self.bias = bias

    @property
    def int4(self) -> Int4:
        """The weight."""
        return Int4(self.packed, self.scales, self.zeros, self.order)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        arranged = self.int4.dense(dtype)
        return arranged if self.order is None else arranged[:, self.order.argsort()]

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        return self.int4.linear(x, self.bias)


def repack(network: nn.Module, kind: str = "cuda") -> None:
    """Replace the four-bit layers on devices of a kind, one at a time; those that the layout has no place for stay."""
    for name in [where.name for where in released_layers(network).values()]:  # names, so that no old layer is held
        layer = network.get_submodule(name)
        if isinstance(layer, GroupedLinear) and next(layer.parameters()).device.type == kind:
            weight = pack(layer)
            if weight is not None:
                network.set_submodule(name, Int4Linear(weight, layer.bias))
