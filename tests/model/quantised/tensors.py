"""Tensors that are the same everywhere, and packed layers that hold them."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from handeye.model.files.fields import Section
from handeye.model.quantised.header import Found, Header
from handeye.model.quantised.linear import PackedLinear
from handeye.model.quantised.scheme import read_scheme


def octets(shape: tuple[int, ...], seed: int) -> Tensor:
    """Return bytes without a pattern: a permutation of 32 bits (murmur3's), of which the upper eight are taken."""
    x = (torch.arange(math.prod(shape), dtype=torch.int64) + 7919 * seed) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    return (x >> 24).to(torch.uint8).view(shape)


def words(shape: tuple[int, ...], seed: int) -> Tensor:
    """Return int32 words of such bytes."""
    return octets((*shape[:-1], shape[-1] * 4), seed).view(torch.int32)


def floats(shape: tuple[int, ...], seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return numbers of 16 bits from -0.5 to 0.5, exact in float32."""
    return (octets(shape, seed).float() * 256 + octets(shape, seed + 1).float()).div(65536).sub(0.5).to(dtype)


def positive(shape: tuple[int, ...], seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return numbers from 1/64 to 1/32."""
    return ((floats(shape, seed) + 1.5) / 64).to(dtype)


def digest(weight: Tensor) -> str:
    """Return what tells float32 weights apart."""
    assert weight.dtype is torch.float32
    return hashlib.sha256(weight.contiguous().numpy().tobytes()).hexdigest()[:16]


def layer(
    options: Mapping[str, Any], sizes: tuple[int, int], tensors: Mapping[str, Tensor], *, bias: bool = False
) -> PackedLinear:
    """Return a layer (in, out) of a quantization_config that holds these tensors."""
    scheme = read_scheme(Section(options, "config.json", "quantization_config"))
    named = {(scheme.name(f"layer.{part}") or "").removeprefix("layer."): each for part, each in tensors.items()}
    headers = {part: Header(tuple(each.shape), each.dtype) for part, each in named.items()}
    with torch.device("meta"):
        packed = scheme.layer(nn.Linear(*sizes, bias=bias), Found("layer", headers))
    assert packed is not None
    packed.load_state_dict(named, assign=True)
    packed.check("layer")
    return packed
