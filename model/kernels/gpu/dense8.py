"""Weights of e4m3 numbers in the number format of activations, in one pass: a byte is read and two are written."""

import torch
import triton
import triton.language as tl
from torch import Tensor

from handeye.model.kernels.gpu.linear8 import widened

_TILE, _BLOCK = 4, 512
"""Outputs and inputs of a program."""


def dense8(weight: Tensor, scale: Tensor, dtype: torch.dtype, *, native: bool) -> Tensor:
    """See `Kernels.dense8`. `native` says that the GPU converts e4m3 numbers; see `converts`."""
    outputs, inputs = weight.shape
    y = torch.empty(outputs, inputs, dtype=dtype, device=weight.device)
    scales = scale.expand(outputs, 1)
    _dense[triton.cdiv(inputs, _BLOCK), triton.cdiv(outputs, _TILE)](
        weight.view(torch.uint8),
        scales,
        y,
        inputs,
        outputs,
        scales.stride(0),
        native=native,
        tile=_TILE,
        block=_BLOCK,
        num_warps=4,
        enable_fp_fusion=False,
    )
    return y


@triton.jit
def _dense(
    weight: tl.tensor,
    scales: tl.tensor,
    y: tl.tensor,
    inputs: tl.tensor,
    outputs: tl.tensor,
    step: tl.tensor,
    native: tl.constexpr,
    tile: tl.constexpr,
    block: tl.constexpr,
) -> None:
    at, output = tl.program_id(0) * block + tl.arange(0, block), tl.program_id(1) * tile + tl.arange(0, tile)
    there = output < outputs
    inside = there[:, None] & (at < inputs)[None, :]
    place = output.to(tl.int64)[:, None] * inputs + at[None, :]
    octet = tl.load(weight + place, mask=inside, other=0)
    scale = tl.load(scales + output * step, mask=there, other=0.0).to(tl.float32)
    tl.store(y + place, (widened(octet, native) * scale[:, None]).to(y.dtype.element_ty), mask=inside)
