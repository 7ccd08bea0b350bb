"""Unpacking blocks of quantised weights, in float32, bit for bit as ggml does.

Blocks are bytes (N, size of a block); the result is (N, weights of a block). `d` and `m` are the scale and the minimum
of a block, stored as float16. A byte often holds parts of several weights: `_fields` and `_bits` pull them apart. The
layouts are those of the structures in ggml's `ggml-common.h`.
"""

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

_CURVE = (-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
"""The sixteen values of IQ4_NL and IQ4_XS."""


def _half(blocks: Tensor, start: int) -> Tensor:
    """Return the float16 at a byte of each block: (N, 1)."""
    return blocks[:, start : start + 2].contiguous().view(torch.float16).float()


def _fields(packed: Tensor, group: int, bits: int) -> Tensor:
    """Return the fields of `bits` bits of each byte, lowest first, by groups of bytes: (N, bytes / group, 8 / bits,
    group).
    """
    shifts = torch.arange(0, 8, bits, dtype=torch.uint8, device=packed.device)[:, None]
    fields: Tensor = (packed.reshape(packed.shape[0], -1, 1, group) >> shifts) & (2**bits - 1)
    return fields


def _signed(packed: Tensor) -> Tensor:
    return packed.contiguous().view(torch.int8).float()


def _nibbles(packed: Tensor) -> Tensor:
    """Return 32 numbers of 4 bits from 16 bytes: all low halves, then all high ones."""
    return _fields(packed, 16, 4).flatten(1)


def _fifth(packed: Tensor) -> Tensor:
    """Return the fifth bits of 32 numbers from 4 bytes, in place."""
    return _fields(packed, 1, 1).flatten(1) << 4


def q4_0(blocks: Tensor) -> Tensor:
    """32 numbers of 4 bits."""
    return (_nibbles(blocks[:, 2:]).float() - 8) * _half(blocks, 0)


def q4_1(blocks: Tensor) -> Tensor:
    """32 numbers of 4 bits, and a minimum."""
    return _nibbles(blocks[:, 4:]).float() * _half(blocks, 0) + _half(blocks, 2)


def q5_0(blocks: Tensor) -> Tensor:
    """32 numbers of 5 bits; the fifth bits are stored apart."""
    return ((_nibbles(blocks[:, 6:]) | _fifth(blocks[:, 2:6])).float() - 16) * _half(blocks, 0)


def q5_1(blocks: Tensor) -> Tensor:
    """As `q5_0`, and a minimum."""
    return (_nibbles(blocks[:, 8:]) | _fifth(blocks[:, 4:8])).float() * _half(blocks, 0) + _half(blocks, 2)


def q8_0(blocks: Tensor) -> Tensor:
    """32 numbers of 8 bits."""
    return _signed(blocks[:, 2:]) * _half(blocks, 0)


def q2_k(blocks: Tensor) -> Tensor:
    """16 parts of 16, each with a scale and a minimum of 4 bits."""
    numbers = _fields(blocks[:, 16:80], 32, 2).reshape(-1, 16, 16).float()
    d = _half(blocks, 80) * (blocks[:, :16] & 15).float()
    m = _half(blocks, 82) * (blocks[:, :16] >> 4).float()
    return (numbers * d[..., None] - m[..., None]).flatten(1)


def q3_k(blocks: Tensor) -> Tensor:
    """16 parts of 16, each with a scale of 6 bits; the third bit of each number is stored apart, and negated."""
    low, high = _fields(blocks[:, 96:104], 8, 4).flatten(1), _fields(blocks[:, 104:108], 4, 2).flatten(1)
    scales = (low | (high << 4)).float() - 32
    thirds = _fields(blocks[:, :32], 32, 1).reshape(-1, 16, 16)
    numbers = (_fields(blocks[:, 32:96], 32, 2).reshape(-1, 16, 16) | (thirds << 2)).float() - 4
    return (numbers * (_half(blocks, 108) * scales)[..., None]).flatten(1)


def _scales(packed: Tensor) -> tuple[Tensor, Tensor]:
    """Return eight scales and eight minima of 6 bits each from 12 bytes."""
    d, m, rest = torch.split(packed, 4, dim=1)
    scales = torch.cat((d & 63, (rest & 15) | ((d >> 6) << 4)), dim=1)
    minima = torch.cat((m & 63, (rest >> 4) | ((m >> 6) << 4)), dim=1)
    return scales.float(), minima.float()


def q4_k(blocks: Tensor) -> Tensor:
    """8 parts of 32, each with a scale and a minimum of 6 bits."""
    return _spread(blocks, _fields(blocks[:, 16:], 32, 4).reshape(-1, 8, 32))


def q5_k(blocks: Tensor) -> Tensor:
    """As `q4_k`; the fifth bits are stored apart."""
    fifths = _fields(blocks[:, 16:48], 32, 1).reshape(-1, 8, 32)
    return _spread(blocks, _fields(blocks[:, 48:], 32, 4).reshape(-1, 8, 32) | (fifths << 4))


def _spread(blocks: Tensor, numbers: Tensor) -> Tensor:
    scales, minima = _scales(blocks[:, 4:16])
    d, m = _half(blocks, 0) * scales, _half(blocks, 2) * minima
    return (numbers.float().mul_(d[..., None]).sub_(m[..., None])).flatten(1)


def q6_k(blocks: Tensor) -> Tensor:
    """16 parts of 16, each with a scale of 8 bits; the upper two bits of each number are stored apart."""
    low = _fields(blocks[:, :128], 64, 4)  # (N, 2, 2, 64)
    high = _fields(blocks[:, 128:192], 32, 2)  # (N, 2, 4, 32)
    numbers = low.reshape(-1, 16, 16) | (high.reshape(-1, 16, 16) << 4)
    d = _half(blocks, 208) * _signed(blocks[:, 192:208])
    return (numbers.float().sub_(32).mul_(d[..., None])).flatten(1)


def iq4_nl(blocks: Tensor) -> Tensor:
    """32 numbers of 4 bits, which stand for values on a curve."""
    return _curved(_nibbles(blocks[:, 2:])) * _half(blocks, 0)


def iq4_xs(blocks: Tensor) -> Tensor:
    """8 parts of 32, each with a scale of 6 bits."""
    scales = _fields(blocks[:, 4:8], 1, 4).flatten(1) | (_fields(blocks[:, 2:4], 1, 2).flatten(1) << 4)
    numbers = _curved(_fields(blocks[:, 8:], 16, 4)).reshape(-1, 8, 32)
    return (numbers * (_half(blocks, 0) * (scales.float() - 32))[..., None]).flatten(1)


def _curved(numbers: Tensor) -> Tensor:
    return _curve(numbers.device)[numbers.int()]


@cache  # for ever: a recorded graph reads it
def _curve(device: torch.device) -> Tensor:
    with torch.inference_mode(mode=False):
        return torch.tensor(_CURVE, dtype=torch.float32, device=device)


UNPACK: dict[str, Callable[[Tensor], Tensor]] = {
    "Q4_0": q4_0,
    "Q4_1": q4_1,
    "Q5_0": q5_0,
    "Q5_1": q5_1,
    "Q8_0": q8_0,
    "Q2_K": q2_k,
    "Q3_K": q3_k,
    "Q4_K": q4_k,
    "Q5_K": q5_k,
    "Q6_K": q6_k,
    "IQ4_NL": iq4_nl,
    "IQ4_XS": iq4_xs,
}
"""By the name of the format."""
