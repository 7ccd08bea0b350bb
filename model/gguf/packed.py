"""Layers whose weight stays as the GGUF file stores it: bytes (rows, bytes of a row), unpacked a few rows at a time."""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.architecture.layers import Embedding
from handeye.model.gguf.blocks import UNPACK
from handeye.model.gguf.formats import Format
from handeye.model.quantised.linear import PackedLinear

_PLAIN = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
_TOGETHER = 2**19
"""Weights that are unpacked together: they stay in the processor's cache, and the whole matrix never exists."""


def unpack(rows: Tensor, format: Format) -> Tensor:
    """Return stored rows (..., bytes) as weights (..., width), in float32, or as they are if they are plain numbers."""
    plain = _PLAIN.get(format.name)
    if plain is not None:
        return rows.view(plain)
    blocks = rows.reshape(-1, format.size)
    return UNPACK[format.name](blocks).view(*rows.shape[:-1], -1)


def _project(x: Tensor, packed: Tensor, format: Format, width: int) -> Tensor:
    """Map (..., width) to (..., rows), in the number format of `x`."""
    return torch.cat([F.linear(x, part) for part in _parts(packed, format, width, x.dtype)], dim=-1)


def _parts(packed: Tensor, format: Format, width: int, dtype: torch.dtype) -> Iterator[Tensor]:
    for rows in torch.split(packed, max(1, _TOGETHER // width)):
        yield unpack(rows, format).to(dtype)


class BlockLinear(PackedLinear):
    """A linear layer."""

    weight: nn.Parameter

    def __init__(self, in_features: int, out_features: int, format: Format, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.format = format
        self.hold("weight", (out_features, format.row(in_features)), torch.uint8)

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in) in a number format, rounded once from float32."""
        return torch.cat([*_parts(self.weight, self.format, self.in_features, dtype)])

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        y = _project(x, self.weight, self.format, self.in_features)
        return y if self.bias is None else y + self.bias


class BlockEmbedding(Embedding):
    """An embedding, which is the output matrix too in models that tie them."""

    def __init__(self, rows: int, width: int, format: Format) -> None:
        super().__init__(rows, width, device="meta")
        self.format = format
        packed = torch.empty((rows, format.row(width)), dtype=torch.uint8, device="meta")
        self.weight = nn.Parameter(packed, requires_grad=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows of ids (...), as (..., width)."""
        return unpack(self.weight[ids], self.format)

    def project(self, hidden: Tensor) -> Tensor:
        """Map (..., width) to (..., rows), in the number format of `hidden`."""
        return _project(hidden, self.weight, self.format, self.embedding_dim)
