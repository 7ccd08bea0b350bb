"""Attention of single tokens over pages: the tokens of a row are split among programs, whose results are joined.

A program serves all query heads of a key-value head, so keys and values are read once. The number of splits is fixed
by the size of the tables, and a row's own tokens are divided by it on the device: a short row has short splits.
Source: Flash-Decoding (Dao et al. 2023).
"""

import math

import torch
import triton
import triton.language as tl
from torch import Tensor

from handeye.model.kernels.kernels import BLOCK

_TOKENS = 128
"""A table is not split into pieces of fewer tokens."""
_PROGRAMS = 256
"""Programs that keep a GPU busy: two for each of its processors, of which an H100 has 132."""
_MOST = 64
"""Splits that can be joined."""
_LEAST_DOT = 16
"""The least side of a product of matrices."""


def attend(q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, lengths: Tensor) -> Tensor:
    """See `Kernels.attend`."""
    (rows, heads, width), key_heads, blocks = q.shape, keys.shape[1], tables.shape[1]
    pieces = splits(rows * key_heads, blocks * BLOCK)
    mixed = torch.empty(rows, heads, pieces, width, dtype=torch.float32, device=q.device)
    peaks, sums = torch.empty(2, rows, heads, pieces, dtype=torch.float32, device=q.device)
    block = triton.next_power_of_2(width)
    _split[rows, key_heads, pieces](
        q,
        keys,
        values,
        tables,
        lengths,
        mixed,
        peaks,
        sums,
        blocks,
        keys.stride(1),
        width**-0.5 * math.log2(math.e),
        group=heads // key_heads,
        width=width,
        page=BLOCK,
        group_block=max(_LEAST_DOT, triton.next_power_of_2(heads // key_heads)),
        width_block=block,
        tile=64 if q.dtype.itemsize == 2 else 32,
        num_warps=4,
        num_stages=2,
        enable_fp_fusion=True,
    )
    y = torch.empty_like(q)
    _join[rows * heads,](
        mixed, peaks, sums, y, pieces=pieces, width=width, block=block, num_warps=4, enable_fp_fusion=True
    )
    return y


def splits(programs: int, tokens: int) -> int:
    """Return in how many pieces tables of so many tokens are read, a power of 2; `programs` read one piece each."""
    wanted = min(-(-tokens // _TOKENS), -(-_PROGRAMS // programs), _MOST)
    return triton.next_power_of_2(max(1, wanted))  # type: ignore[no-any-return]


@triton.jit(do_not_specialize=["blocks"])
def _split(
    q: tl.tensor,
    keys: tl.tensor,
    values: tl.tensor,
    tables: tl.tensor,
    lengths: tl.tensor,
    mixed: tl.tensor,
    peaks: tl.tensor,
    sums: tl.tensor,
    blocks: tl.tensor,
    stride: tl.tensor,
    scale: tl.tensor,
    group: tl.constexpr,
    width: tl.constexpr,
    page: tl.constexpr,
    group_block: tl.constexpr,
    width_block: tl.constexpr,
    tile: tl.constexpr,
) -> None:
    row, key_head, piece = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    pieces = tl.num_programs(2)
    length = tl.load(lengths + row)
    each = tl.cdiv(tl.cdiv(length, pieces), tile) * tile
    start = piece * each
    stop = tl.minimum(start + each, length)

    member, at = tl.arange(0, group_block), tl.arange(0, width_block)
    head = (row * tl.num_programs(1) + key_head) * group + member
    present, inside = member < group, at < width
    query = tl.load(
        q + head[:, None] * width + at[None, :], mask=present[:, None] & inside[None, :], other=0.0
    )  # (G, E)
    peak = tl.full((group_block,), float("-inf"), tl.float32)
    total = tl.full((group_block,), 0.0, tl.float32)
    mix = tl.full((group_block, width_block), 0.0, tl.float32)
    origin = key_head.to(tl.int64) * stride
    for begin in range(start, stop, tile):
        token = begin + tl.arange(0, tile)
        seen = token < stop
        block = tl.load(tables + row * blocks + token // page, mask=seen, other=0)
        slot = block.to(tl.int64) * page + token % page
        place = origin + slot[:, None] * width + at[None, :]
        known = seen[:, None] & inside[None, :]
        key = tl.load(keys + place, mask=known, other=0.0)  # (T, E)
        score = tl.dot(query, tl.trans(key), input_precision="ieee") * scale  # (G, T)
        score = tl.where(seen[None, :], score, float("-inf"))
        above = tl.maximum(peak, tl.max(score, axis=1))
        weight = tl.exp2(score - above[:, None])
        kept = tl.exp2(peak - above)
        value = tl.load(values + place, mask=known, other=0.0)
        total = total * kept + tl.sum(weight, axis=1)
        mix = mix * kept[:, None] + tl.dot(weight.to(value.dtype), value, input_precision="ieee")
        peak = above
    target = head * pieces + piece
    tl.store(peaks + target, peak, mask=present)
    tl.store(sums + target, total, mask=present)
    if start < stop:  # a piece without tokens weighs nothing, and is not read
        tl.store(mixed + target[:, None] * width + at[None, :], mix, mask=present[:, None] & inside[None, :])


@triton.jit
def _join(
    mixed: tl.tensor,
    peaks: tl.tensor,
    sums: tl.tensor,
    y: tl.tensor,
    pieces: tl.constexpr,
    width: tl.constexpr,
    block: tl.constexpr,
) -> None:
    head = tl.program_id(0)
    piece, at = head * pieces + tl.arange(0, pieces), tl.arange(0, block)
    inside = at < width
    peak = tl.load(peaks + piece)
    above = tl.max(peak, axis=0)
    weight = tl.exp2(peak - tl.where(above == float("-inf"), 0.0, above))
    total = tl.sum(weight * tl.load(sums + piece), axis=0)
    mix = tl.load(
        mixed + piece[:, None] * width + at[None, :], mask=(weight > 0)[:, None] & inside[None, :], other=0.0
    )  # (S, E)
    result = tl.sum(mix * weight[:, None], axis=0) / tl.where(total == 0, 1.0, total)
    tl.store(y + head * width + at, result.to(y.dtype.element_ty), mask=inside)
