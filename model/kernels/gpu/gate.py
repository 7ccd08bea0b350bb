"""The gate of a feed-forward layer, with SiLU."""

import torch
import triton
import triton.language as tl
from torch import Tensor

_BLOCK = 1024
"""Numbers of a program."""


def gate(gate_up: Tensor, width: int | None) -> Tensor:
    """See `Kernels.gate`.

    The sizes are constants of the kernel: those of the vision part, 3,420 and 3,424, are multiples of 4 and 8, which is
    known of them then, and several numbers are read and written at once.
    """
    rows, inner = gate_up.shape[0], gate_up.shape[1] // 2
    width = inner if width is None else width
    y = torch.empty(rows, width, dtype=gate_up.dtype, device=gate_up.device)
    grid = rows, triton.cdiv(width, _BLOCK)
    _gate[grid](gate_up, y, inner=inner, width=width, block=_BLOCK, num_warps=4, enable_fp_fusion=False)
    return y


@triton.jit
def _gate(gate_up: tl.tensor, y: tl.tensor, inner: tl.constexpr, width: tl.constexpr, block: tl.constexpr) -> None:
    row = tl.program_id(0).to(tl.int64)  # the numbers of many images are more than int32 counts
    at = tl.program_id(1) * block + tl.arange(0, block)
    inside = at < inner
    narrow = tl.load(gate_up + row * 2 * inner + at, mask=inside, other=0.0)
    up = tl.load(gate_up + (row * 2 + 1) * inner + at, mask=inside, other=0.0).to(tl.float32)
    wide = narrow.to(tl.float32)
    silu = (wide / (1.0 + tl.exp(-wide))).to(narrow.dtype).to(tl.float32)
    tl.store(y + row * width + at, (silu * up).to(narrow.dtype), mask=at < width)
