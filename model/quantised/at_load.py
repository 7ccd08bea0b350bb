"""Eight bits made from an ordinary checkpoint while it is read: whole numbers or e4m3, with a scale for each output."""

from typing import ClassVar, Literal, Protocol

import torch
from torch import Tensor, nn

from handeye.model.quantised.elements import FLOAT8
from handeye.model.quantised.header import Found
from handeye.model.quantised.linear import PackedLinear, scaled

_BLOCK = 2**18
"""Numbers that are read together: few, because the C library's memory would be left full of holes of larger blocks."""
_GPU_BLOCK = 2**24
"""The same on a GPU, which leaves no holes, and takes time for each block."""
_FEW = 32
"""Rows for which a weight is not put into oneDNN's layout: that takes as long as so many rows."""
_WIDTH = 32
"""A weight whose rows are not of a multiple of so many numbers is always put into that layout: PyTorch 2.13 reads
beyond the end of such rows."""
_LEVELS = 63
"""The greatest activation in whole numbers. Twice as many levels would overflow sums of two products, which have 16
bits on CPUs without VNNI."""


class Rows(Protocol):
    """A stored weight (out, in), of which rows can be read."""

    def __getitem__(self, rows: slice) -> Tensor:
        """Read some rows."""
        ...


class MadeLinear(PackedLinear):
    """`weight` (out, in) of `NUMBER` and `weight_scale` (out, 1): the largest number of each row becomes `LARGEST`."""

    NUMBER: ClassVar[torch.dtype]
    LARGEST: ClassVar[float]

    weight: Tensor
    weight_scale: Tensor

    def __init__(self, in_features: int, out_features: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.hold("weight", (out_features, in_features), self.NUMBER)
        self.hold("weight_scale", (out_features, 1), torch.float32)

    def quantise(self, stored: Rows, device: torch.device) -> dict[str, Tensor]:
        """Return both tensors on a device. The whole weight never exists in a larger format: it is read in blocks."""
        weight = torch.empty(self.out_features, self.in_features, dtype=self.NUMBER, device=device)
        scales = torch.empty(self.out_features, 1, dtype=torch.float32, device=device)
        step = max(1, (_BLOCK if device.type == "cpu" else _GPU_BLOCK) // self.in_features)
        block = torch.empty(min(step, self.out_features), self.in_features, dtype=torch.float32, device=device)
        for start in range(0, self.out_features, step):
            stop = min(start + step, self.out_features)
            rows = block[: stop - start].copy_(stored[start:stop])
            low, high = rows.aminmax(dim=1, keepdim=True)
            largest = torch.maximum(-low, high)
            scale = torch.where(largest == 0, 1.0, largest / self.LARGEST)
            rows.div_(scale).clamp_(-self.LARGEST, self.LARGEST)
            weight[start:stop] = rows if self.NUMBER.is_floating_point else rows.round_()
            scales[start:stop] = scale
        return {"weight": weight, "weight_scale": scales}

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        return scaled(self.weight, self.weight_scale, dtype)


class Float8Linear(MadeLinear):
    """e4m3 numbers: half the memory of bfloat16, and its time."""

    NUMBER = FLOAT8
    LARGEST = torch.finfo(FLOAT8).max


class Int8Linear(MadeLinear):
    """Whole numbers, which a CPU multiplies with whole numbers: a row of activations is rounded to 127 levels.

    What a few rows are multiplied with is only read; their activations are rounded to bfloat16.
    """

    NUMBER = torch.int8
    LARGEST = 127.0

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        rows = x.reshape(-1, self.in_features)
        few = len(rows) <= _FEW and self.in_features % _WIDTH == 0
        y = (self._read(rows) if few else self._multiplied(rows.float())).to(x.dtype)
        y = y.view(*x.shape[:-1], self.out_features)
        return y if self.bias is None else y + self.bias

    def _read(self, rows: Tensor) -> Tensor:
        ones = torch.ones(self.out_features, dtype=torch.bfloat16)  # the scales would be rounded
        return torch._weight_int8pack_mm(rows.bfloat16(), self.weight, ones) * self.weight_scale[:, 0]

    def _multiplied(self, rows: Tensor) -> Tensor:
        largest = rows.abs().amax(dim=1, keepdim=True)
        scale = torch.where(largest == 0, 1.0, largest / _LEVELS)
        whole = (rows / scale).round_().add_(_LEVELS + 1).to(torch.uint8)
        # The layout has no address, so nothing would tell that the weight has changed: it is made each time.
        packed = torch.ops.onednn.qlinear_prepack(self.weight, None)
        scales, zeros = self.weight_scale[:, 0].contiguous(), torch.zeros(self.out_features, dtype=torch.long)
        y: Tensor = torch.ops.onednn.qlinear_pointwise(  # the last three: no function after the product
            whole, 1.0, _LEVELS + 1, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        return y.mul_(scale)


class AtLoad:
    """Makes eight bits of the decoder's layers; int8 also of the vision part's, where a CPU spends most of its time.

    The embeddings and the output matrix stay as they are.
    """

    def __init__(self, method: Literal["fp8", "int8"]) -> None:
        self.method = method
        """The name of the format."""
        self._kind: type[MadeLinear] = Float8Linear if method == "fp8" else Int8Linear
        self._parts = ("model.layers.",) if method == "fp8" else ("model.layers.", "visual.blocks.")

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned."""
        return stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module of those parts; None for others."""
        if not found.name.startswith(self._parts):
            return None
        return self._kind(module.in_features, module.out_features, bias=module.bias is not None)
