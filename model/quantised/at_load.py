"""FP8 made from an ordinary checkpoint while it is read: e4m3 numbers with a scale for each output."""

from typing import Protocol

import torch
from torch import Tensor, nn

from handeye.model.quantised.elements import FLOAT8
from handeye.model.quantised.header import Found
from handeye.model.quantised.linear import PackedLinear, scaled

_LARGEST = torch.finfo(FLOAT8).max
_BLOCK = 2**18
"""Numbers that are read together: few, because the C library's memory would be left full of holes of larger blocks."""
_GPU_BLOCK = 2**24
"""The same on a GPU, which leaves no holes, and takes time for each block."""


class Rows(Protocol):
    """A stored weight (out, in), of which rows can be read."""

    def __getitem__(self, rows: slice) -> Tensor:
        """Read some rows."""
        ...


class Float8Linear(PackedLinear):
    """`weight` (out, in) of e4m3 numbers and `weight_scale` (out, 1): the largest number of each row becomes 448."""

    weight: Tensor
    weight_scale: Tensor

    def __init__(self, in_features: int, out_features: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.hold("weight", (out_features, in_features), FLOAT8)
        self.hold("weight_scale", (out_features, 1), torch.float32)

    def quantise(self, stored: Rows, device: torch.device) -> dict[str, Tensor]:
        """Return both tensors on a device. The whole weight never exists in a larger format: it is read in blocks."""
        weight = torch.empty(self.out_features, self.in_features, dtype=FLOAT8, device=device)
        scales = torch.empty(self.out_features, 1, dtype=torch.float32, device=device)
        step = max(1, (_BLOCK if device.type == "cpu" else _GPU_BLOCK) // self.in_features)
        block = torch.empty(min(step, self.out_features), self.in_features, dtype=torch.float32, device=device)
        for start in range(0, self.out_features, step):
            stop = min(start + step, self.out_features)
            rows = block[: stop - start].copy_(stored[start:stop])
            low, high = rows.aminmax(dim=1, keepdim=True)
            largest = torch.maximum(-low, high)
            scale = torch.where(largest == 0, 1.0, largest / _LARGEST)
            weight[start:stop] = rows.div_(scale).clamp_(-_LARGEST, _LARGEST)
            scales[start:stop] = scale
        return {"weight": weight, "weight_scale": scales}

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in)."""
        return scaled(self.weight, self.weight_scale, dtype)


class Float8AtLoad:
    """Makes FP8 of the decoder's layers; the vision part, the embeddings and the output matrix stay as they are."""

    method = "fp8"

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned."""
        return stored

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer for a module of the decoder; None for others."""
        if not found.name.startswith("model.layers."):
            return None
        return Float8Linear(module.in_features, module.out_features, bias=module.bias is not None)
