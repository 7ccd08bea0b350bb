"""The parts of a token step and of the vision part in Triton."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from handeye.model.kernels.gpu.attend import attend
from handeye.model.kernels.gpu.dense4 import dense4
from handeye.model.kernels.gpu.dense8 import dense8
from handeye.model.kernels.gpu.gate import gate
from handeye.model.kernels.gpu.linear4 import linear4
from handeye.model.kernels.gpu.linear8 import converts, linear8
from handeye.model.kernels.gpu.norm import norm
from handeye.model.kernels.gpu.rotate import rotate
from handeye.model.kernels.gpu.turn import turn
from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.kernels import Normed
from handeye.model.kernels.twin import TorchKernels

MOST_ROWS = 64
"""Rows that are multiplied by a weight as it is read: in four products of 16, which read at most 2 bytes for a number
of four bits and 4 for an e4m3 number. For more rows the weight is unpacked first, which moves 4.5 and 5 bytes."""


class TritonKernels(TorchKernels):
    """See `Kernels`. What Triton has no kernel for is left to the twin: other gates than SiLU. Products of more than
    `MOST_ROWS` rows are PyTorch's, with weights that kernels have unpacked.
    """

    def __init__(self, without: Collection[str] = ()) -> None:
        """`without` names the methods that are left to the twin altogether."""
        self._without = frozenset(without)

    def norm(self, x: Tensor, residual: Tensor | None, weight: Tensor, eps: float) -> Normed:
        """Add and norm."""
        if "norm" in self._without:
            return super().norm(x, residual, weight, eps)
        with _current(x):
            return norm(x, residual, weight, eps)

    def gate(self, gate_up: Tensor, act: str, width: int | None = None) -> Tensor:
        """Apply the gate."""
        if "gate" in self._without or act not in ("silu", "swish"):
            return super().gate(gate_up, act, width)
        with _current(gate_up):
            return gate(gate_up, width)

    def rotate(self, qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Rotate q and k of patches."""
        if "rotate" in self._without:
            return super().rotate(qkv, cos, sin)
        with _current(qkv):
            return rotate(qkv, cos, sin)

    def turn(self, qkv: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Rotate q and k, and store k and v."""
        if "turn" in self._without:
            return super().turn(qkv, cos, sin, slots, keys, values)
        with _current(qkv):
            return turn(qkv, cos, sin, slots, keys, values)

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, lengths: Tensor) -> Tensor:
        """Mix the values that each row sees."""
        if "attend" in self._without:
            return super().attend(q, keys, values, tables, lengths)
        with _current(q):
            return attend(q, keys, values, tables, lengths)

    def linear8(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        """Multiply by e4m3 numbers."""
        if "linear8" in self._without or len(x) > MOST_ROWS:
            return super().linear8(x, weight, scale, bias)
        with _current(x):
            return linear8(x, weight, scale, bias, native=converts(x.device))

    def linear4(self, x: Tensor, weight: Int4, bias: Tensor | None) -> Tensor:
        """Multiply by numbers of four bits."""
        if "linear4" in self._without or len(x) > MOST_ROWS:
            return super().linear4(x, weight, bias)
        with _current(x):
            return linear4(x, weight, bias)

    def dense8(self, weight: Tensor, scale: Tensor, dtype: torch.dtype) -> Tensor:
        """Unpack e4m3 numbers."""
        if "dense8" in self._without:
            return super().dense8(weight, scale, dtype)
        with _current(weight):
            return dense8(weight, scale, dtype, native=converts(weight.device))

    def dense4(self, weight: Int4, dtype: torch.dtype) -> Tensor:
        """Unpack numbers of four bits."""
        if "dense4" in self._without:
            return super().dense4(weight, dtype)
        with _current(weight.packed):
            return dense4(weight, dtype)


def _current(x: Tensor) -> AbstractContextManager[object]:
    """Return what makes the GPU of a tensor the one that Triton launches on; in the interpreter there is none."""
    return torch.cuda.device(x.device) if x.is_cuda else nullcontext()
