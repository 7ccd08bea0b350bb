"""The sum of two rows, and its root mean square norm."""

import torch
import triton
import triton.language as tl
from torch import Tensor

from handeye.model.kernels.kernels import Normed


def norm(x: Tensor, residual: Tensor | None, weight: Tensor, eps: float) -> Normed:
    """See `Kernels.norm`. A program for each row."""
    rows, width = x.shape
    y = torch.empty_like(x)
    total = x if residual is None else torch.empty_like(x)
    block = triton.next_power_of_2(width)
    _norm[rows,](
        x,
        x if residual is None else residual,
        weight,
        y,
        total,
        width,
        eps,
        adds=residual is not None,
        block=block,
        num_warps=min(16, max(1, block // 512)),
        enable_fp_fusion=False,
    )
    return Normed(y, total)


@triton.jit
def _norm(
    x: tl.tensor,
    residual: tl.tensor,
    weight: tl.tensor,
    y: tl.tensor,
    total: tl.tensor,
    width: tl.tensor,
    eps: tl.tensor,
    adds: tl.constexpr,
    block: tl.constexpr,
) -> None:
    at = tl.arange(0, block)
    inside = at < width
    place = tl.program_id(0).to(tl.int64) * width + at  # the numbers of many images are more than int32 counts
    row = tl.load(x + place, mask=inside, other=0.0)
    if adds:
        row = (tl.load(residual + place, mask=inside, other=0.0).to(tl.float32) + row.to(tl.float32)).to(row.dtype)
        tl.store(total + place, row, mask=inside)
    wide = row.to(tl.float32)
    scale = tl.rsqrt(tl.sum(wide * wide, axis=0) / width + eps)
    rounded = (wide * scale).to(row.dtype).to(tl.float32)
    scaled = rounded * tl.load(weight + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(y + place, scaled.to(row.dtype), mask=inside)
