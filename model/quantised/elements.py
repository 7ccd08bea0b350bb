"""Weights of one byte a number: whole numbers, or e4m3 floats, with a scale for each row or for all."""

import torch
from torch import Tensor

from handeye.model.quantised.header import FLOATS, Found
from handeye.model.quantised.linear import PackedLinear, by_rows, scaled

FLOAT8 = torch.float8_e4m3fn
"""Four bits of exponent, three of mantissa, no infinity; the largest is 448."""


class ByteLinear(PackedLinear):
    """A weight (out, in) of int8 or e4m3 numbers, `weight_scale` and, if rows are not symmetric, `weight_zero_point`.

    Source: the formats int-quantized, float-quantized and naive-quantized of compressed-tensors.
    """

    weight: Tensor
    weight_scale: Tensor
    weight_zero_point: Tensor | None

    def __init__(
        self, in_features: int, out_features: int, found: Found, number: torch.dtype, *, bias: bool, symmetric: bool
    ) -> None:
        super().__init__(in_features, out_features, bias=bias)
        # a scale for each row, or one for all: (1,), (1, 1) or ()
        whole = found.shape("weight_scale") in ((), (1,), (1, 1)) and "weight_scale" in found
        shape = found.shape("weight_scale") if whole else (out_features, 1)
        self.hold("weight", (out_features, in_features), found.dtype("weight", number))
        self.hold("weight_scale", shape, found.dtype("weight_scale", *FLOATS))
        self.lack("weight_zero_point")
        if not symmetric or "weight_zero_point" in found:
            self.hold("weight_zero_point", shape, found.dtype("weight_zero_point", torch.int8, number))

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        zeros = self.weight_zero_point
        if zeros is None:
            return scaled(self.weight, self.weight_scale, dtype)
        shape = self.out_features, 1
        own, scales = zeros.float().expand(shape), self.weight_scale.float().expand(shape)

        def rows(start: int, stop: int) -> Tensor:
            numbers = self.weight[start:stop].float() - own[start:stop]
            return numbers.mul_(scales[start:stop]).to(dtype)

        return by_rows(self.out_features, self.in_features, rows)
