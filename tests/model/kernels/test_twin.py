"""The twin, against arithmetic of its own in double precision."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from handeye.model.architecture.positions import turns
from handeye.model.engine.blocks import SIZE
from handeye.model.kernels.kernels import BLOCK
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.elements import FLOAT8
from tests.model.kernels.inputs import DTYPES, normal, tables

TWIN = TorchKernels()


def close(found: Tensor, expected: Tensor) -> None:
    """The tolerance is a few steps of the number format."""
    step = torch.finfo(found.dtype).eps
    torch.testing.assert_close(found.double(), expected, rtol=4 * step, atol=4 * step)


def test_blocks_are_those_of_the_engine() -> None:
    assert BLOCK == SIZE


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [5, 64, 200])
@pytest.mark.parametrize("rows", [1, 3])
def test_norm(rows: int, width: int, dtype: torch.dtype) -> None:
    x, residual, weight = (
        normal(*shape, seed=seed, dtype=dtype) for seed, shape in enumerate([(rows, width)] * 2 + [(width,)])
    )
    y, total = TWIN.norm(x, residual, weight, 1e-6)
    assert torch.equal(total, x + residual)
    wide = total.double()
    close(y, wide / (wide.square().mean(-1, keepdim=True) + 1e-6).sqrt() * weight.double())
    y, total = TWIN.norm(x, None, weight, 1e-6)
    assert total is x
    close(y, x.double() / (x.double().square().mean(-1, keepdim=True) + 1e-6).sqrt() * weight.double())


@pytest.mark.parametrize("dtype", DTYPES)
def test_gate(dtype: torch.dtype) -> None:
    gate_up = normal(3, 2 * 50, dtype=dtype)
    gate, up = gate_up[:, :50].double(), gate_up[:, 50:].double()
    close(TWIN.gate(gate_up, "silu"), gate / (1 + (-gate).exp()) * up)
    close(TWIN.gate(gate_up, "relu"), gate.clamp(min=0) * up)
    wide = TWIN.gate(gate_up, "silu", 56)
    assert torch.equal(wide[:, :50], TWIN.gate(gate_up, "silu")) and not wide[:, 50:].any()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "width"), [(2, 64), (3, 80), (4, 128)])
def test_rotate(heads: int, width: int, dtype: torch.dtype) -> None:
    qkv, angles = normal(5, 3, heads, width, dtype=dtype), normal(5, width // 2, seed=1) * 9
    found = TWIN.rotate(qkv, *turns(angles, torch.float32))
    first, second = qkv[:, :2].double().chunk(2, dim=-1)
    turned = torch.complex(first, second) * torch.polar(torch.ones_like(angles), angles)[:, None, None]
    close(found, torch.cat((turned.real, turned.imag), dim=-1))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "key_heads", "width"), [(2, 2, 64), (7, 1, 80), (16, 2, 128)])
def test_turn(heads: int, key_heads: int, width: int, dtype: torch.dtype) -> None:
    qkv = normal(3, (heads + 2 * key_heads) * width, dtype=dtype)
    angles = normal(3, width // 2, seed=1).double() * 9
    cos = torch.cat((angles.cos(),) * 2, dim=1).to(dtype)
    sin = torch.cat((-angles.sin(), angles.sin()), dim=1).to(dtype)
    keys, values = normal(2, 1, key_heads, 64, width, seed=2, dtype=dtype)
    before = keys.clone(), values.clone()
    slots = torch.tensor([40, 0, 63])
    q = TWIN.turn(qkv, cos, sin, slots, keys, values)
    parts = qkv.double().view(3, -1, width)
    pairs = torch.complex(parts[..., : width // 2], parts[..., width // 2 :]) * torch.polar(
        torch.ones(3, 1, width // 2).double(), angles[:, None]
    )
    turned = torch.cat((pairs.real, pairs.imag), dim=-1)
    close(q, turned[:, :heads])
    close(keys[0, :, slots].transpose(0, 1), turned[:, heads : heads + key_heads])
    assert torch.equal(values[0, :, slots].transpose(0, 1), qkv.view(3, -1, width)[:, -key_heads:])
    others = [slot for slot in range(64) if slot not in slots]
    assert torch.equal(keys[0, :, others], before[0][0, :, others])
    assert torch.equal(values[0, :, others], before[1][0, :, others])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "key_heads", "width"), [(2, 2, 64), (7, 1, 80), (16, 2, 128)])
def test_attend(heads: int, key_heads: int, width: int, dtype: torch.dtype) -> None:
    lengths = [0, 1, 15, 16, 17, 1000]
    q = normal(len(lengths), heads, width, dtype=dtype)
    keys, values = normal(2, 1, key_heads, 80 * BLOCK, width, seed=1, dtype=dtype)
    table = tables(len(lengths), 64, 80)
    mixed = TWIN.attend(q, keys, values, table, torch.tensor(lengths, dtype=torch.int32))
    assert mixed.shape == q.shape
    assert not mixed[0].any()
    for row, length in enumerate(lengths[1:], start=1):
        slots = [int(block) * BLOCK + inside for block in table[row] for inside in range(BLOCK)][:length]
        k, v = (pages[0, :, slots].double().repeat_interleave(heads // key_heads, dim=0) for pages in (keys, values))
        close(mixed[row], F.scaled_dot_product_attention(q[row, :, None].double(), k, v)[:, 0])


def test_what_is_beyond_a_row_has_no_effect() -> None:
    q, (keys, values) = normal(2, 4, 64), normal(2, 1, 2, 4 * BLOCK, 64, seed=1)
    table, lengths = torch.tensor([[2, 0], [1, 3]], dtype=torch.int32), torch.tensor([17, 0], dtype=torch.int32)
    expected = TWIN.attend(q, keys, values, table, lengths)
    for pages in (keys, values):
        pages[0, :, 1:BLOCK] = torch.nan
        pages[0, :, BLOCK : 2 * BLOCK] = torch.inf
    table[1] = torch.tensor([-1, 2**30])
    assert torch.equal(TWIN.attend(q, keys, values, table, lengths), expected)


@pytest.mark.parametrize("dtype", DTYPES)
def test_linear8(dtype: torch.dtype) -> None:
    x, bias, numbers = normal(3, 48, dtype=dtype), normal(20, seed=1, dtype=dtype), normal(20, 48, seed=2)
    weight, scale = numbers.to(FLOAT8), torch.rand(20, 1, generator=torch.Generator().manual_seed(3)) / 48**0.5
    expected = x.double() @ (weight.double() * scale).T
    tolerance = {"rtol": 0.02, "atol": 0.02} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(TWIN.linear8(x, weight, scale, bias).double(), expected + bias, **tolerance)
    torch.testing.assert_close(TWIN.linear8(x, weight, scale, None).double(), expected, **tolerance)
    whole = TWIN.linear8(x, weight, scale[:1, 0], None).double()
    torch.testing.assert_close(whole, x.double() @ (weight.double() * scale[0]).T, **tolerance)
