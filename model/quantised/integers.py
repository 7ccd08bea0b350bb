"""Whole numbers of few bits in larger words, and the groups of columns that share a scale.

Shapes: R rows of a weight (its outputs), C columns (its inputs), G groups of columns.
"""

import torch
from torch import Tensor


def unpack(words: Tensor, bits: int) -> Tensor:
    """Return the numbers in int32 words (..., W) as uint8 (..., W * 32 / bits), those in the lowest bits first.

    `bits` is 4 or 8.
    """
    octets = words.contiguous().view(torch.uint8)
    return octets if bits == 8 else torch.stack((octets & 15, octets >> 4), dim=-1).flatten(-2)


def grouped(
    numbers: Tensor, zeros: Tensor | int, scales: Tensor, dtype: torch.dtype, groups: Tensor | None = None
) -> Tensor:
    """Return `(numbers - zeros) * scales` (R, C), multiplied in float32 and rounded once.

    Args:
        numbers: (R, C), whole.
        zeros: What stands for zero, (R, G) or the same for all, whole.
        scales: (R, G), floating.
        dtype: The number format of the result.
        groups: The group of each column, (C,); None: as many neighbours each.
    """
    wide = numbers.to(torch.int16)
    if groups is None:
        wide = wide.view(len(wide), scales.shape[1], -1)
        wide -= zeros[:, :, None] if isinstance(zeros, Tensor) else zeros
        return (wide * scales.float()[:, :, None]).flatten(1).to(dtype)
    wide -= zeros[:, groups] if isinstance(zeros, Tensor) else zeros
    return (wide * scales.float()[:, groups]).to(dtype)
