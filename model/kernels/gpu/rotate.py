"""The rotation of the queries and keys of patches, in one pass over memory."""

import torch
import triton
import triton.language as tl
from torch import Tensor


def rotate(qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """See `Kernels.rotate`. A program for each patch: its heads share their turns."""
    rows, _, heads, width = qkv.shape
    y = torch.empty(rows, 2, heads, width, dtype=qkv.dtype, device=qkv.device)
    _rotate[rows,](
        qkv,
        cos,
        sin,
        y,
        heads=2 * heads,
        heads_block=triton.next_power_of_2(2 * heads),
        half=width // 2,
        half_block=triton.next_power_of_2(width // 2),
        num_warps=4,
        enable_fp_fusion=False,
    )
    return y


@triton.jit
def _rotate(
    qkv: tl.tensor,
    cos: tl.tensor,
    sin: tl.tensor,
    y: tl.tensor,
    heads: tl.constexpr,
    heads_block: tl.constexpr,
    half: tl.constexpr,
    half_block: tl.constexpr,
) -> None:
    """`heads` are those of q and k. Axes: heads, pairs (E/2)."""
    row = tl.program_id(0).to(tl.int64)  # the numbers of many images are more than int32 counts
    head, at = tl.arange(0, heads_block)[:, None], tl.arange(0, half_block)[None, :]
    inside = at < half
    turn = row * 2 * half + at
    cos1, cos2 = (tl.load(cos + turn, mask=inside, other=0.0), tl.load(cos + turn + half, mask=inside, other=0.0))
    sin1, sin2 = (tl.load(sin + turn, mask=inside, other=0.0), tl.load(sin + turn + half, mask=inside, other=0.0))
    place, known = head * 2 * half + at, (head < heads) & inside
    source = qkv + row * 3 * heads * half + place  # v has half as many heads as q and k
    x1 = tl.load(source, mask=known, other=0.0).to(tl.float32)
    x2 = tl.load(source + half, mask=known, other=0.0).to(tl.float32)
    target = y + row * 2 * heads * half + place
    tl.store(target, (x1 * cos1 + x2 * sin1).to(y.dtype.element_ty), mask=known)
    tl.store(target + half, (x2 * cos2 + x1 * sin2).to(y.dtype.element_ty), mask=known)
