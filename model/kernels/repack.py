"""Packed layers of a GPU that its kernels multiply; those of four bits in the layout that these read."""

from abc import abstractmethod

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import released_layers
from handeye.model.kernels.choose import choose_for
from handeye.model.kernels.int4 import Int4, pack
from handeye.model.kernels.kernels import Kernels
from handeye.model.quantised.at_load import Float8Linear
from handeye.model.quantised.elements import FLOAT8, ByteLinear
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.linear import PackedLinear, scaled


class KernelLinear(PackedLinear):
    """A packed linear layer that kernels multiply."""

    @abstractmethod
    def multiply(self, rows: Tensor, kernels: Kernels) -> Tensor:
        """Map rows (R, in) to (R, out)."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        if torch.is_grad_enabled():  # which kernels do not compute
            return super().forward(x)
        y = self.multiply(x.reshape(-1, x.shape[-1]).contiguous(), choose_for(x))
        return y.view(*x.shape[:-1], y.shape[-1])


class E4M3Linear(KernelLinear):
    """A linear layer of e4m3 numbers: `weight` (out, in), and `weight_scale`, one for each output or one for all."""

    weight: Tensor
    weight_scale: Tensor

    def __init__(self, layer: Float8Linear | ByteLinear) -> None:
        """Take the tensors of a layer."""
        super().__init__(layer.in_features, layer.out_features, bias=False)
        self.weight, self.weight_scale, self.bias = layer.weight, layer.weight_scale, layer.bias

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        return scaled(self.weight, self.weight_scale, dtype)

    def multiply(self, rows: Tensor, kernels: Kernels) -> Tensor:
        """Map rows (R, in) to (R, out)."""
        return kernels.linear8(rows, self.weight, self.weight_scale, self.bias)


class Int4Linear(KernelLinear):
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

    def multiply(self, rows: Tensor, kernels: Kernels) -> Tensor:
        """Map rows (R, in) to (R, out)."""
        return kernels.linear4(rows, self.int4, self.bias)


def repack(network: nn.Module, kind: str = "cuda") -> None:
    """Replace the layers of four bits and of e4m3 numbers on devices of a kind, one at a time.

    Layers of four bits that the layout has no place for stay as they are.
    """
    for name in [where.name for where in released_layers(network).values()]:  # names, so that no old layer is held
        layer = network.get_submodule(name)
        if isinstance(layer, PackedLinear) and next(layer.parameters()).device.type == kind:
            replaced = _repacked(layer)
            if replaced is not None:
                network.set_submodule(name, replaced)


def _repacked(layer: PackedLinear) -> PackedLinear | None:
    match layer:
        case GroupedLinear():
            weight = pack(layer)
            return None if weight is None else Int4Linear(weight, layer.bias)
        case Float8Linear():
            return E4M3Linear(layer)
        case ByteLinear(weight_zero_point=None) if layer.weight.dtype is FLOAT8:
            return E4M3Linear(layer)
        case _:
            return None
