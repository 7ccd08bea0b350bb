"""The product of a few rows with e4m3 numbers, which are widened as they are read.

A single row is multiplied and summed; several rows are a product of matrices, filled up to `ROWS`, and more are several
products. These read the same numbers, but programs of the same outputs are neighbours: they run at the same time, and
all but the first find the numbers in the cache.
"""

import torch
import triton
import triton.language as tl
from torch import Tensor

ROWS = 16
"""Rows of a product, and the least side of a product of matrices."""
_NATIVE = (8, 9)
"""The first compute capability that converts e4m3 numbers in hardware."""


def linear8(x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None, *, native: bool) -> Tensor:
    """See `Kernels.linear8`. `native` says that the GPU converts e4m3 numbers; see `converts`."""
    (rows, inputs), outputs = x.shape, weight.shape[0]
    y = torch.empty(rows, outputs, dtype=x.dtype, device=x.device)
    scales = scale.expand(outputs, 1)
    octets = weight.view(torch.uint8)  # Triton takes no e4m3 tensors for GPUs that cannot convert them
    if rows == 1:
        tile, block = 8, 512
        _row[triton.cdiv(outputs, tile),](
            x,
            octets,
            scales,
            x if bias is None else bias,
            y,
            inputs,
            outputs,
            scales.stride(0),
            native=native,
            biased=bias is not None,
            tile=tile,
            block=block,
            num_warps=4,
            num_stages=3,
            enable_fp_fusion=True,
        )
        return y
    tile, block = 32, 256
    _rows[triton.cdiv(rows, ROWS), triton.cdiv(outputs, tile)](
        x,
        octets,
        scales,
        x if bias is None else bias,
        y,
        rows,
        inputs,
        outputs,
        scales.stride(0),
        native=native,
        biased=bias is not None,
        tile=tile,
        block=block if x.dtype.itemsize == 2 else block // 4,
        padded=ROWS,
        num_warps=2,
        num_stages=3,
        enable_fp_fusion=True,
    )
    return y


def converts(device: torch.device) -> bool:
    """Tell whether a GPU converts e4m3 numbers in hardware; without it, shifts do."""
    return device.type != "cuda" or torch.cuda.get_device_capability(device) >= _NATIVE


@triton.jit
def widened(octet: tl.tensor, native: tl.constexpr) -> tl.tensor:
    """Return e4m3 numbers in float32. float16 has one bit more of exponent: its numbers are 2**8 times as small."""
    if native:
        return octet.to(tl.float8e4nv, bitcast=True).to(tl.float32)
    wide = octet.to(tl.uint16)
    half = (((wide & 0x80) << 8) | ((wide & 0x7F) << 7)).to(tl.float16, bitcast=True)
    return tl.where((wide & 0x7F) == 0x7F, float("nan"), half.to(tl.float32) * 256.0)


@triton.jit
def _row(
    x: tl.tensor,
    weight: tl.tensor,
    scales: tl.tensor,
    bias: tl.tensor,
    y: tl.tensor,
    inputs: tl.tensor,
    outputs: tl.tensor,
    step: tl.tensor,
    native: tl.constexpr,
    biased: tl.constexpr,
    tile: tl.constexpr,
    block: tl.constexpr,
) -> None:
    output = tl.program_id(0) * tile + tl.arange(0, tile)
    there = output < outputs
    start = weight + output.to(tl.int64)[:, None] * inputs
    sums = tl.full((tile, block), 0.0, tl.float32)
    for begin in range(0, inputs, block):
        at = begin + tl.arange(0, block)
        inside = at < inputs
        octet = tl.load(start + at[None, :], mask=there[:, None] & inside[None, :], other=0)
        row = tl.load(x + at, mask=inside, other=0.0).to(tl.float32)
        sums += widened(octet, native) * row[None, :]
    result = tl.sum(sums, axis=1) * tl.load(scales + output * step, mask=there, other=0.0).to(tl.float32)
    if biased:
        result += tl.load(bias + output, mask=there, other=0.0).to(tl.float32)
    tl.store(y + output, result.to(y.dtype.element_ty), mask=there)


@triton.jit(do_not_specialize=["rows"])
def _rows(
    x: tl.tensor,
    weight: tl.tensor,
    scales: tl.tensor,
    bias: tl.tensor,
    y: tl.tensor,
    rows: tl.tensor,
    inputs: tl.tensor,
    outputs: tl.tensor,
    step: tl.tensor,
    native: tl.constexpr,
    biased: tl.constexpr,
    tile: tl.constexpr,
    block: tl.constexpr,
    padded: tl.constexpr,
) -> None:
    row, output = tl.program_id(0) * padded + tl.arange(0, padded), tl.program_id(1) * tile + tl.arange(0, tile)
    there, present = output < outputs, row < rows
    start = weight + output.to(tl.int64)[:, None] * inputs
    sums = tl.full((tile, padded), 0.0, tl.float32)
    for begin in range(0, inputs, block):
        at = begin + tl.arange(0, block)
        inside = at < inputs
        octet = tl.load(start + at[None, :], mask=there[:, None] & inside[None, :], other=0)
        wide = tl.load(x + row[None, :] * inputs + at[:, None], mask=present[None, :] & inside[:, None], other=0.0)
        # exact in bfloat16 too
        sums += tl.dot(widened(octet, native).to(wide.dtype), wide, input_precision="ieee")  # (out, R)
    result = sums * tl.load(scales + output * step, mask=there, other=0.0).to(tl.float32)[:, None]
    if biased:
        result += tl.load(bias + output, mask=there, other=0.0).to(tl.float32)[:, None]
    place = row[None, :] * outputs + output[:, None]
    tl.store(y + place, result.to(y.dtype.element_ty), mask=there[:, None] & present[None, :])
