"""The rotation of queries and keys, and the way of keys and values into their pages."""

import torch
import triton
import triton.language as tl
from torch import Tensor


def turn(qkv: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """See `Kernels.turn`. A program for each head of each row."""
    rows, (key_heads, _, width) = qkv.shape[0], keys.shape[1:]
    heads = qkv.shape[1] // width - 2 * key_heads
    q = torch.empty(rows, heads, width, dtype=qkv.dtype, device=qkv.device)
    _turn[rows, heads + 2 * key_heads](
        qkv,
        cos,
        sin,
        slots,
        q,
        keys,
        values,
        keys.stride(1),
        heads=heads,
        key_heads=key_heads,
        width=width,
        block=triton.next_power_of_2(width),
        num_warps=1,
        enable_fp_fusion=False,
    )
    return q


@triton.jit
def _turn(
    qkv: tl.tensor,
    cos: tl.tensor,
    sin: tl.tensor,
    slots: tl.tensor,
    q: tl.tensor,
    keys: tl.tensor,
    values: tl.tensor,
    stride: tl.tensor,
    heads: tl.constexpr,
    key_heads: tl.constexpr,
    width: tl.constexpr,
    block: tl.constexpr,
) -> None:
    row, head = tl.program_id(0), tl.program_id(1)
    at = tl.arange(0, block)
    inside = at < width
    source = qkv + (row * (heads + 2 * key_heads) + head) * width
    x = tl.load(source + at, mask=inside, other=0.0)
    if head < heads + key_heads:
        other = tl.load(source + (at + width // 2) % width, mask=inside, other=0.0)
        c = tl.load(cos + row * width + at, mask=inside, other=0.0).to(tl.float32)
        s = tl.load(sin + row * width + at, mask=inside, other=0.0).to(tl.float32)
        straight = (x.to(tl.float32) * c).to(x.dtype).to(tl.float32)
        crossed = (other.to(tl.float32) * s).to(x.dtype).to(tl.float32)
        x = (straight + crossed).to(x.dtype)
    slot = tl.load(slots + row).to(tl.int64) * width
    if head < heads:
        tl.store(q + (row * heads + head) * width + at, x, mask=inside)
    elif head < heads + key_heads:
        tl.store(keys + (head - heads).to(tl.int64) * stride + slot + at, x, mask=inside)
    else:
        tl.store(values + (head - heads - key_heads).to(tl.int64) * stride + slot + at, x, mask=inside)
