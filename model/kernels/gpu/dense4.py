"""Weights of four bits in the number format of activations, in one pass: half a byte is read and two are written."""

import math

import torch
import triton
import triton.language as tl
from torch import Tensor

from handeye.model.kernels.int4 import HALF, Int4

_SOME, _OCTETS = 16, 128
"""Outputs of a program, and octets of each."""


def dense4(weight: Int4, dtype: torch.dtype) -> Tensor:
    """See `Kernels.dense4`."""
    outputs, pitch = weight.packed.shape
    octets = math.gcd(weight.group // 2, _OCTETS)  # of a tile, which belongs to one group; at least 16, by the layout
    y = torch.empty(outputs, 2 * pitch, dtype=dtype, device=weight.packed.device)
    _dense[triton.cdiv(pitch, _OCTETS), triton.cdiv(outputs, _SOME)](
        weight.packed,
        weight.scales,
        weight.zeros,
        y,
        pitch,
        outputs,
        weight.group,
        some=_SOME,
        tiles=_OCTETS // octets,
        octets=octets,
        half=HALF,
        num_warps=4,
        enable_fp_fusion=False,
    )
    return y


@triton.jit
def _dense(
    packed: tl.tensor,
    scales: tl.tensor,
    zeros: tl.tensor,
    y: tl.tensor,
    pitch: tl.tensor,
    outputs: tl.tensor,
    group: tl.tensor,
    some: tl.constexpr,
    tiles: tl.constexpr,
    octets: tl.constexpr,
    half: tl.constexpr,
) -> None:
    """Axes: outputs, tiles, octets of a tile."""
    first = (tl.program_id(0) * tiles + tl.arange(0, tiles)) * octets  # octet of each tile
    output, octet = tl.program_id(1) * some + tl.arange(0, some), tl.arange(0, octets)
    both = (output < outputs)[:, None] & (first < pitch)[None, :]
    inside = both[:, :, None]
    place = first[:, None] + octet[None, :]
    row = output.to(tl.int64)[:, None, None] * pitch
    number = tl.load(packed + row + place[None, :, :], mask=inside, other=0).to(tl.int32)
    at = (first * 2 // group)[None, :] * outputs + output[:, None]
    zero = tl.load(zeros + at, mask=both, other=0).to(tl.int32)[:, :, None]
    scale = tl.load(scales + at, mask=both, other=0.0).to(tl.float32)[:, :, None]
    lower = ((number & 15) - zero).to(tl.float32) * scale
    upper = ((number >> 4) - zero).to(tl.float32) * scale
    known = place // half * (2 * half) + place % half  # the input of an octet's lower bits
    target = y + row * 2 + known[None, :, :]
    tl.store(target, lower.to(y.dtype.element_ty), mask=inside)
    tl.store(target + half, upper.to(y.dtype.element_ty), mask=inside)
