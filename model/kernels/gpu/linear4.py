"""The product of a few rows with numbers of four bits, which are widened as they are read.

A tile of inputs belongs to one group, so its scale is applied to sums. As in `linear8`, a single row is multiplied and
summed, and several are a product of matrices for each `ROWS`.
"""

import math

import torch
import triton
import triton.language as tl
from torch import Tensor

from handeye.model.kernels.gpu.linear8 import ROWS
from handeye.model.kernels.int4 import HALF, Int4

_TILE = 128
"""The most inputs of a tile."""


def linear4(x: Tensor, weight: Int4, bias: Tensor | None) -> Tensor:
    """See `Kernels.linear4`."""
    x = weight.arranged(x)
    (rows, inputs), outputs = x.shape, weight.packed.shape[0]
    tile = math.gcd(weight.group, _TILE)  # at least 32, by the layout
    y = torch.empty(rows, outputs, dtype=x.dtype, device=x.device)
    if rows == 1:
        some, tiles = 8, 8
        _row[triton.cdiv(outputs, some),](
            x,
            weight.packed,
            weight.scales,
            weight.zeros,
            x if bias is None else bias,
            y,
            inputs,
            inputs // 2,
            outputs,
            weight.group,
            biased=bias is not None,
            some=some,
            tiles=tiles,
            octets=tile // 2,
            half=HALF,
            num_warps=4,
            num_stages=3,
            enable_fp_fusion=True,
        )
        return y
    some = 32
    _rows[triton.cdiv(rows, ROWS), triton.cdiv(outputs, some)](
        x,
        weight.packed,
        weight.scales,
        weight.zeros,
        x if bias is None else bias,
        y,
        rows,
        inputs,
        inputs // 2,
        outputs,
        weight.group,
        biased=bias is not None,
        some=some,
        octets=tile // 2,
        half=HALF,
        padded=ROWS,
        num_warps=2,
        num_stages=4,
        enable_fp_fusion=True,
    )
    return y


@triton.jit
def _row(
    x: tl.tensor,
    packed: tl.tensor,
    scales: tl.tensor,
    zeros: tl.tensor,
    bias: tl.tensor,
    y: tl.tensor,
    inputs: tl.tensor,
    pitch: tl.tensor,
    outputs: tl.tensor,
    group: tl.tensor,
    biased: tl.constexpr,
    some: tl.constexpr,
    tiles: tl.constexpr,
    octets: tl.constexpr,
    half: tl.constexpr,
) -> None:
    """Axes: outputs, tiles of a step, octets of a tile."""
    output, octet = tl.program_id(0) * some + tl.arange(0, some), tl.arange(0, octets)
    there = output < outputs
    start = packed + output.to(tl.int64)[:, None, None] * pitch
    within = octet // half * (2 * half) + octet % half  # the input of an octet's lower bits
    sums = tl.full((some, tiles), 0.0, tl.float32)
    for begin in range(0, inputs, tiles * octets * 2):
        first = begin + tl.arange(0, tiles) * (octets * 2)  # of each tile
        inside = first < inputs
        both = there[:, None] & inside[None, :]
        place = (first // 2)[:, None] + octet[None, :]
        number = tl.load(start + place[None, :, :], mask=both[:, :, None], other=0).to(tl.int32)
        known = first[:, None] + within[None, :]
        low = tl.load(x + known, mask=inside[:, None], other=0.0).to(tl.float32)
        high = tl.load(x + known + half, mask=inside[:, None], other=0.0).to(tl.float32)
        at = (first // group)[None, :] * outputs + output[:, None]
        zero = tl.load(zeros + at, mask=both, other=0).to(tl.int32)[:, :, None]
        scale = tl.load(scales + at, mask=both, other=0.0).to(tl.float32)
        lower = ((number & 15) - zero).to(tl.float32) * low[None, :, :]
        upper = ((number >> 4) - zero).to(tl.float32) * high[None, :, :]
        sums += tl.sum(lower + upper, axis=2) * scale
    result = tl.sum(sums, axis=1)
    if biased:
        result += tl.load(bias + output, mask=there, other=0.0).to(tl.float32)
    tl.store(y + output, result.to(y.dtype.element_ty), mask=there)


@triton.jit(do_not_specialize=["rows"])
def _rows(
    x: tl.tensor,
    packed: tl.tensor,
    scales: tl.tensor,
    zeros: tl.tensor,
    bias: tl.tensor,
    y: tl.tensor,
    rows: tl.tensor,
    inputs: tl.tensor,
    pitch: tl.tensor,
    outputs: tl.tensor,
    group: tl.tensor,
    biased: tl.constexpr,
    some: tl.constexpr,
    octets: tl.constexpr,
    half: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    row, output = tl.program_id(0) * padded + tl.arange(0, padded), tl.program_id(1) * some + tl.arange(0, some)
    octet = tl.arange(0, octets)
    there, present = output < outputs, row < rows
    start = packed + output.to(tl.int64)[:, None] * pitch
    within = octet // half * (2 * half) + octet % half  # the input of an octet's lower bits
    sums = tl.full((some, padded), 0.0, tl.float32)
    for begin in range(0, inputs, octets * 2):
        number = tl.load(start + begin // 2 + octet[None, :], mask=there[:, None], other=0).to(tl.int32)
        place = x + row[None, :] * inputs + begin + within[:, None]
        low = tl.load(place, mask=present[None, :], other=0.0)  # (octets, R)
        high = tl.load(place + half, mask=present[None, :], other=0.0)
        at = begin // group * outputs + output
        zero = tl.load(zeros + at, mask=there, other=0).to(tl.int32)[:, None]
        scale = tl.load(scales + at, mask=there, other=0.0).to(tl.float32)[:, None]
        # differences of numbers of four bits are exact in bfloat16
        part = tl.dot(((number & 15) - zero).to(tl.float32).to(low.dtype), low, input_precision="ieee")  # (out, R)
        part += tl.dot(((number >> 4) - zero).to(tl.float32).to(low.dtype), high, input_precision="ieee")
        sums += part * scale
    if biased:
        sums += tl.load(bias + output, mask=there, other=0.0).to(tl.float32)[:, None]
    target = row[None, :] * outputs + output[:, None]
    tl.store(y + target, sums.to(y.dtype.element_ty), mask=there[:, None] & present[None, :])
