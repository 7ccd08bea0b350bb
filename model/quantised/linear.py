"""A linear layer whose weight is stored in fewer bits than it is computed with."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_BLOCK = 2**24
"""Numbers of a weight that are unpacked together."""
_ROWS = 128
"""Blocks are of a multiple of this many rows: what is packed along the rows is never cut."""


class PackedLinear(nn.Module, ABC):
    """A linear layer that keeps its weight as the file stores it, and unpacks it each time it is used.

    A subclass declares its stored tensors with `hold` and unpacks them in `dense`. Like any layer it can be built on
    the meta device: then the tensors of a file are assigned to the declared ones, which are the shapes and number
    formats that the file must have. The bias, if there is one, is in the format of activations.
    """

    bias: nn.Parameter | None

    def __init__(self, in_features: int, out_features: int, *, bias: bool) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.lack("bias")
        if bias:
            self.hold("bias", (out_features,), torch.get_default_dtype())

    def hold(self, name: str, shape: tuple[int, ...], dtype: torch.dtype) -> None:
        """Declare a stored tensor. It is a parameter without a gradient, so a change of it is noticed."""
        self.register_parameter(name, nn.Parameter(torch.empty(shape, dtype=dtype), requires_grad=False))

    def lack(self, *names: str) -> None:
        """Declare tensors that some layers have, as not there: None, until they are held."""
        for name in names:
            self.register_parameter(name, None)

    @abstractmethod
    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in) in a number format, rounded once from float32."""

    def check(self, name: str) -> None:
        """Check the values that were assigned, once, after loading; `name` is the layer's, for messages.

        Raises:
            InvalidCheckpoint: a value cannot be used.
        """

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        return F.linear(x, self.dense(x.dtype), self.bias)

    def extra_repr(self) -> str:
        """Show the sizes as other linear layers do."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


def by_rows(outputs: int, inputs: int, rows: Callable[[int, int], Tensor]) -> Tensor:
    """Return a weight (out, in), a block of rows at a time: little memory is needed beside the result.

    `rows` returns the rows from one to another, the latter excluded.
    """
    step = max(_ROWS, _BLOCK // inputs // _ROWS * _ROWS)
    first = rows(0, min(step, outputs))
    if step >= outputs:
        return first
    weight = first.new_empty(outputs, inputs)
    weight[:step] = first
    for start in range(step, outputs, step):
        stop = min(start + step, outputs)
        weight[start:stop] = rows(start, stop)
    return weight


def scaled(numbers: Tensor, scale: Tensor, dtype: torch.dtype) -> Tensor:
    """Return `numbers * scale` in a number format, multiplied in float32 and rounded once.

    `numbers` are whole, or in an eight-bit float format: exact in every `dtype` of activations.
    """
    wide = numbers.to(dtype)
    return torch.mul(wide, scale.float(), out=wide)
