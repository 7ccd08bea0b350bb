"""What a token step and the vision part compute, apart from their products with weights that are not packed.

The modules of packed weights use the products too, for prompts.

Shapes: R rows, one for each token or patch that is read, D width, H heads, K key-value heads, E head width, I inner
width, T slots of a layer's pages, B blocks of the longest table, G groups.
"""

from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from handeye.model.kernels.int4 import Int4

BLOCK = 16
"""Tokens in a block of a table."""
NAMES = ("norm", "gate", "rotate", "turn", "attend", "linear8", "linear4", "dense8", "dense4")
"""The methods of `Kernels`."""


class Normed(NamedTuple):
    """A normed sum and the sum itself, (R, D) each."""

    y: Tensor
    total: Tensor


class Kernels(Protocol):
    """The parts of a token step, of which the vision part has the first three.

    All tensors are on one device, contiguous, and in the number format of `x` unless it is said otherwise. Nothing
    waits for the device, and no shape depends on what is in a tensor, so that a step can be captured in a graph, once
    it has run: Triton compiles a kernel when it is first called with other sizes of a layer or another number format.
    """

    def norm(self, x: Tensor, residual: Tensor | None, weight: Tensor, eps: float) -> Normed:
        """Add `residual` to `x`, (R, D) each, and norm the sum; rounded as `rms_norm` and a sum are."""
        ...

    def gate(self, gate_up: Tensor, act: str, width: int | None = None) -> Tensor:
        """Return `act(gate) * up`.

        Args:
            gate_up: Both side by side, (R, 2I).
            act: A name of `activation`.
            width: Numbers of a row of the result, at least I, which it is if none is given. Zeros follow the I numbers.

        Returns:
            (R, width).
        """
        ...

    def rotate(self, qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Rotate q and k of patches in fp32; rounded once.

        Args:
            qkv: (R, 3, H, E).
            cos: Of `turns`, fp32 (R, E).
            sin: The same.

        Returns:
            q and k, rotated as `rotate` does, (R, 2, H, E).
        """
        ...

    def turn(self, qkv: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Rotate q and k, and store k and v.

        Args:
            qkv: (R, (H + 2K) * E), the heads of q, k and v in this order.
            cos: (R, E), of `turns`.
            sin: The same.
            slots: Where each row's key and value belong, (R,), int64. Rows of no use may share a slot that is not read.
            keys: The pages of a layer, (1, K, T, E).
            values: The same.

        Returns:
            q, rotated as `rotate` does, (R, H, E).
        """
        ...

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, lengths: Tensor) -> Tensor:
        """Mix the values that each row sees.

        Args:
            q: (R, H, E).
            keys: The pages of a layer, (1, K, T, E).
            values: The same.
            tables: The blocks of each row's tokens in order, (R, B), int32. A row may see the same blocks as another.
            lengths: How many tokens each row sees, (R,), int32. What is in a table or in a page beyond them has no
                effect, and a row that sees none gets zeros.

        Returns:
            The mixed values, (R, H, E).
        """
        ...

    def linear8(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        """Return `x @ (weight * scale).T + bias`, (R, out).

        Args:
            x: (R, in).
            weight: (out, in), of `FLOAT8`.
            scale: One for each output, (out, 1), or one for all; of any floating format.
            bias: (out,), or None.
        """
        ...

    def linear4(self, x: Tensor, weight: Int4, bias: Tensor | None) -> Tensor:
        """Return `x @ weight.T + bias`, (R, out), of `x` (R, in)."""
        ...

    def dense8(self, weight: Tensor, scale: Tensor, dtype: torch.dtype) -> Tensor:
        """Return `weight * scale`, (out, in), as `scaled` does, bit for bit; see `linear8`."""
        ...

    def dense4(self, weight: Int4, dtype: torch.dtype) -> Tensor:
        """Return the weight, (out, in), its inputs as they stand, as `Int4.dense` does, bit for bit."""
        ...
