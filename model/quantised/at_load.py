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
_ROWS = 512
"""Activations that are rounded and multiplied together: they stay in the processor's cache."""
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

    oneDNN takes the weight in a layout of its own. That is made at the first use and kept beside the weight, so that
    both together take the memory of bfloat16; it is made again when the weight has changed.
    """

    NUMBER = torch.int8
    LARGEST = 127.0

    def __init__(self, in_features: int, out_features: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self._layout: tuple[Tensor, int, Tensor] | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        layout, scales = self._laid_out(), self.weight_scale.view(-1)
        zeros = torch.zeros(self.out_features, dtype=torch.long)
        rows = x.reshape(-1, self.in_features)
        found = torch.empty(len(rows), self.out_features, dtype=x.dtype)
        for part, target in zip(torch.split(rows, _ROWS), torch.split(found, _ROWS), strict=True):
            largest = part.abs().amax(dim=1, keepdim=True).float()
            scale = torch.where(largest == 0, 1.0, largest / _LEVELS)
            whole = (part / scale).round_().add_(_LEVELS + 1).to(torch.uint8)
            y: Tensor = torch.ops.onednn.qlinear_pointwise(  # the last three: no function after the product
                whole, 1.0, _LEVELS + 1, layout, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
            )
            y.mul_(scale)
            target.copy_(y if self.bias is None else y.add_(self.bias))
        return found.view(*x.shape[:-1], self.out_features)

    def _laid_out(self) -> Tensor:
        weight = self.weight
        version = 0 if weight.is_inference() else weight._version
        if self._layout is None or self._layout[0] is not weight or self._layout[1] != version:
            self._layout = weight, version, torch.ops.onednn.qlinear_prepack(weight, None)
        return self._layout[2]


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
