"""Comparison of kernels with their twin, on small random input."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.hardware.compare import difference, first_line
from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.kernels import BLOCK, Kernels
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.elements import FLOAT8

_ROWS, _MANY, _HEADS, _KEY_HEADS, _WIDTH = 3, 20, 14, 2, 128
_BLOCKS = 20
_LENGTHS = (300, 0, 17)
_INPUTS, _OUTPUTS, _GROUP = 640, 80, 128


def differing(kernels: Kernels, device: torch.device, dtype: torch.dtype) -> Mapping[str, str]:
    """Return the methods of kernels that fail on a device or give other results than the twin, and why.

    It waits for the device.
    """
    twin = TorchKernels()
    found: dict[str, str] = {}
    for case in _cases(device, dtype):
        try:
            mine, theirs = case.run(kernels), case.run(twin)
        except Exception as error:  # noqa: BLE001 (a compiler and a driver may raise anything)
            found[case.name] = first_line(error)
            continue
        for one, other in zip(mine, theirs, strict=True):
            if (fault := difference(one, other, dtype)) is not None:
                found.setdefault(case.name, fault)
    return found


class _Case(NamedTuple):
    name: str
    run: Callable[[Kernels], tuple[Tensor, ...]]


def _cases(device: torch.device, dtype: torch.dtype) -> Iterator[_Case]:
    """Yield calls of each method, of the products with one row, with several, and with more than a product takes."""
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(device, dtype)

    x, other, weight = normal(_ROWS, 200), normal(_ROWS, 200), normal(200)
    yield _Case("norm", lambda kernels: (*kernels.norm(x, other, weight, 1e-6), *kernels.norm(x, None, weight, 1e-6)))
    gate_up = normal(_ROWS, 2 * 1100)
    yield _Case("gate", lambda kernels: (kernels.gate(gate_up, "silu"), kernels.gate(gate_up, "silu", 1104)))
    patches, angles = normal(_ROWS, 3, 16, 80), torch.randn(2, _ROWS, 80, generator=generator).to(device)
    yield _Case("rotate", lambda kernels: (kernels.rotate(patches, *angles),))
    pages = normal(2, 1, _KEY_HEADS, _BLOCKS * BLOCK, _WIDTH)
    qkv, cos, sin = normal(_ROWS, (_HEADS + 2 * _KEY_HEADS) * _WIDTH), normal(_ROWS, _WIDTH), normal(_ROWS, _WIDTH)
    slots = torch.tensor((5, 111, 16), device=device)

    def turned(kernels: Kernels) -> tuple[Tensor, ...]:
        keys, values = pages.clone()
        return kernels.turn(qkv, cos, sin, slots, keys, values), keys, values

    yield _Case("turn", turned)
    q = normal(_ROWS, _HEADS, _WIDTH)
    tables = torch.stack([torch.randperm(_BLOCKS, generator=generator) for _ in range(_ROWS)]).int().to(device)
    lengths = torch.tensor(_LENGTHS, dtype=torch.int32, device=device)
    yield _Case("attend", lambda kernels: (kernels.attend(q, pages[0], pages[1], tables, lengths),))
    eight = torch.randn(_OUTPUTS, _INPUTS, generator=generator).to(device).to(FLOAT8)
    scale = torch.rand(_OUTPUTS, 1, generator=generator).to(device) / _INPUTS**0.5
    groups = _INPUTS // _GROUP
    four = Int4(
        torch.randint(256, (_OUTPUTS, _INPUTS // 2), generator=generator, dtype=torch.uint8).to(device),
        (torch.rand(groups, _OUTPUTS, generator=generator) / _INPUTS**0.5).to(device, dtype),
        torch.randint(16, (groups, _OUTPUTS), generator=generator, dtype=torch.uint8).to(device),
        None,
    )
    bias = normal(_OUTPUTS)
    given = [normal(rows, _INPUTS) for rows in (1, _ROWS, _MANY)]
    yield _Case("linear8", lambda kernels: tuple(kernels.linear8(x, eight, scale, bias) for x in given))
    yield _Case("linear4", lambda kernels: tuple(kernels.linear4(x, four, bias) for x in given))
    root = _INPUTS**0.5  # makes single numbers as large as those sums
    yield _Case("dense8", lambda kernels: (kernels.dense8(eight, scale * root, dtype),))
    larger = four._replace(scales=four.scales * root)
    yield _Case("dense4", lambda kernels: (kernels.dense4(larger, dtype),))
