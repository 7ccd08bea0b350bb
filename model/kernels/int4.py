"""Weights of four bits in one layout, whichever format a checkpoint has.

Shapes: G groups of inputs that share a scale and a zero.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.integers import grouped
from handeye.model.quantised.linear import by_rows

HALF = 16
"""Byte j of a block of 16 holds the numbers of the inputs j and j + 16 of 32, the first one in the lower bits."""
_ROWS = 512
"""Outputs that are packed together; a multiple of 8."""


class Int4(NamedTuple):
    """A weight (out, in) of `(number - zero) * scale`. Both halves of a byte belong to neighbouring inputs, in runs.

    So a kernel reads a run of bytes and two runs of activations, all without gaps.
    """

    packed: Tensor
    """(out, in / 2), uint8."""
    scales: Tensor
    """(G, out), as the file has them."""
    zeros: Tensor
    """(G, out), uint8."""
    order: Tensor | None
    """Which input stands where, (in,), int64; None: they are in order."""

    @property
    def group(self) -> int:
        """Inputs of a group."""
        return 2 * self.packed.shape[1] // self.scales.shape[0]

    def dense(self, dtype: torch.dtype) -> Tensor:
        """Return the weight (out, in), its inputs as they stand, multiplied in float32 and rounded once."""
        scales, zeros = self.scales.t(), self.zeros.t()

        def rows(start: int, stop: int) -> Tensor:
            octets = self.packed[start:stop].view(stop - start, -1, 1, HALF)
            numbers = torch.cat((octets & 15, octets >> 4), dim=2).flatten(1)
            return grouped(numbers, zeros[start:stop], scales[start:stop], dtype)

        return by_rows(len(self.packed), 2 * self.packed.shape[1], rows)

    def arranged(self, x: Tensor) -> Tensor:
        """Return activations (..., in), their inputs as those of the weight stand."""
        return x if self.order is None else x.index_select(-1, self.order)


def pack(layer: GroupedLinear) -> Int4 | None:
    """Return a layer's weight in this layout, on its device; None if it has no place for it.

    It takes groups of equal size, a multiple of 32, and zeros of four bits.
    """
    scales, zeros, members = layer.steps(), layer.zeros(), layer.members()
    outputs, groups = scales.shape
    group = layer.in_features // groups
    if layer.bits != 4 or group % (2 * HALF) or group * groups != layer.in_features:
        return None
    if isinstance(zeros, int):
        zeros = torch.full((outputs, groups), zeros, dtype=torch.uint8, device=scales.device)
    elif bool(((zeros < 0) | (zeros > 15)).any()):
        return None
    order = None
    if members is not None:
        if bool((torch.bincount(members, minlength=groups) != group).any()):
            return None
        order = torch.argsort(members, stable=True)
    packed = torch.empty(outputs, layer.in_features // 2, dtype=torch.uint8, device=scales.device)
    for start in range(0, outputs, _ROWS):
        stop = min(start + _ROWS, outputs)
        numbers = layer.numbers(start, stop)
        if order is not None:
            numbers = numbers[:, order]
        low, high = numbers.reshape(stop - start, -1, 2, HALF).unbind(dim=2)
        packed[start:stop] = (low | high << 4).flatten(1)
    return Int4(packed, scales.t().contiguous(), zeros.to(torch.uint8).t().contiguous(), order)
