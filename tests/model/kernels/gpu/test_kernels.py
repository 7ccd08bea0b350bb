"""Every Triton kernel against its twin, in Triton's interpreter."""

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor

from handeye.model.engine.steps.static import StaticDecoder
from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.trust import differing
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.elements import FLOAT8
from tests.model.kernels.inputs import BLOCK, DTYPES, normal, tables

if TYPE_CHECKING:
    from handeye.model.kernels.gpu.kernels import TritonKernels

TWIN = TorchKernels()
FORMATS = (*DTYPES, torch.float16)
HEADS = [(2, 2, 64), (7, 1, 80), (16, 2, 128)]


def close(found: Tensor, expected: Tensor, steps: float = 4) -> None:
    """The tolerance is so many steps of the number format; of float32 at least 16, as processors sum in any order."""
    assert found.dtype is expected.dtype
    steps, step = max(steps, 16) if found.dtype is torch.float32 else steps, torch.finfo(found.dtype).eps
    torch.testing.assert_close(found, expected, rtol=steps * step, atol=steps * step)


def four_bits(outputs: int, inputs: int, group: int, *, ordered: bool = False) -> Int4:
    """Return a weight of zeros of their own, small enough for products around 1."""
    generator = torch.Generator().manual_seed(group)
    return Int4(
        torch.randint(256, (outputs, inputs // 2), generator=generator, dtype=torch.uint8),
        (torch.rand(inputs // group, outputs, generator=generator) / inputs**0.5 / 8).half(),
        torch.randint(16, (inputs // group, outputs), generator=generator, dtype=torch.uint8),
        torch.randperm(inputs, generator=generator) if ordered else None,
    )


def rounded_alike(found: Tensor, expected: Tensor) -> None:
    """Where bfloat16 is rounded as often, few results differ, by a step; a quarter of them does otherwise."""
    close(found, expected)
    if found.dtype is torch.bfloat16:
        assert float((found != expected).float().mean()) < 0.02


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("width", [5, 128, 200, 3584])
@pytest.mark.parametrize("rows", [1, 3])
def test_norm(triton_kernels: "TritonKernels", rows: int, width: int, dtype: torch.dtype) -> None:
    x, residual = normal(rows, width, dtype=dtype), normal(rows, width, seed=1, dtype=dtype)
    weight = normal(width, seed=2, dtype=dtype)
    found, expected = (each.norm(x, residual, weight, 1e-6) for each in (triton_kernels, TWIN))
    assert torch.equal(found.total, expected.total)
    rounded_alike(found.y, expected.y)
    found, expected = (each.norm(x, None, weight, 1e-6) for each in (triton_kernels, TWIN))
    assert found.total is x
    rounded_alike(found.y, expected.y)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("rows", "inner"), [(1, 1024), (3, 1100), (16, 50)])
def test_gate(triton_kernels: "TritonKernels", rows: int, inner: int, dtype: torch.dtype) -> None:
    gate_up = normal(rows, 2 * inner, dtype=dtype) * 4
    rounded_alike(triton_kernels.gate(gate_up, "silu"), TWIN.gate(gate_up, "silu"))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("inner", "width"), [(50, 56), (1020, 1024), (1024, 1032)])
def test_zeros_follow_the_numbers_of_a_gate(
    triton_kernels: "TritonKernels", inner: int, width: int, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate_up = normal(3, 2 * inner, dtype=dtype)
    with monkeypatch.context() as patch:
        patch.setattr(torch, "empty", lambda *shape, **options: torch.full(shape, torch.nan, **options))
        found = triton_kernels.gate(gate_up, "silu", width)
    assert torch.equal(found[:, :inner], triton_kernels.gate(gate_up, "silu"))
    assert found.shape == (3, width) and not found[:, inner:].any()


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_a_gate_overflows_to_zero(triton_kernels: "TritonKernels") -> None:
    assert torch.equal(triton_kernels.gate(torch.tensor([[-200.0, 3.0]]), "silu"), torch.zeros(1, 1))


def test_other_gates_are_those_of_the_twin(triton_kernels: "TritonKernels") -> None:
    gate_up = normal(2, 40)
    assert torch.equal(triton_kernels.gate(gate_up, "relu", 24), TWIN.gate(gate_up, "relu", 24))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows", [1, 5])
@pytest.mark.parametrize(("heads", "width"), [(2, 64), (16, 80), (3, 128)])
def test_rotate(triton_kernels: "TritonKernels", heads: int, width: int, rows: int, dtype: torch.dtype) -> None:
    qkv, turns = normal(rows, 3, heads, width, dtype=dtype), normal(2, rows, width, seed=1)
    found = triton_kernels.rotate(qkv, *turns)
    assert found.dtype is dtype and torch.equal(found, TWIN.rotate(qkv, *turns))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "key_heads", "width"), HEADS)
def test_turn(triton_kernels: "TritonKernels", heads: int, key_heads: int, width: int, dtype: torch.dtype) -> None:
    qkv = normal(3, (heads + 2 * key_heads) * width, dtype=dtype)
    cos, sin = normal(2, 3, width, seed=1, dtype=dtype)
    slots = torch.tensor([40, 0, 63])
    found, expected = (normal(2, 1, key_heads, 64, width, seed=2, dtype=dtype) for _ in range(2))
    q = triton_kernels.turn(qkv, cos, sin, slots, *found)
    assert torch.equal(q, TWIN.turn(qkv, cos, sin, slots, *expected))
    assert torch.equal(found, expected)


def test_rows_of_no_use_share_a_slot(triton_kernels: "TritonKernels") -> None:
    qkv, (cos, sin) = normal(4, 4 * 64), normal(2, 4, 64, seed=1)
    pages = torch.zeros(2, 1, 1, 2 * BLOCK, 64)
    triton_kernels.turn(qkv, cos, sin, torch.tensor([3, 16, 16, 16]), *pages)
    assert torch.equal(pages[1, 0, 0, 3], qkv[0, -64:])
    assert not pages[:, 0, 0, [slot for slot in range(2 * BLOCK) if slot not in (3, 16)]].any()


@pytest.mark.parametrize("longest", [130, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("heads", "key_heads", "width"), HEADS)
def test_attend(
    triton_kernels: "TritonKernels", heads: int, key_heads: int, width: int, dtype: torch.dtype, longest: int
) -> None:
    lengths = torch.tensor([0, 1, 15, 16, 17, longest], dtype=torch.int32)
    q = normal(len(lengths), heads, width, dtype=dtype)
    keys, values = normal(2, 1, key_heads, 80 * BLOCK, width, seed=1, dtype=dtype)
    table = tables(len(lengths), -(-longest // BLOCK) + 1, 80)
    found, expected = (each.attend(q, keys, values, table, lengths) for each in (triton_kernels, TWIN))
    assert not found[0].any()
    close(found, expected)


@pytest.mark.parametrize(("rows", "blocks"), [(1, 1), (1, 9), (16, 3)])
def test_tables_of_any_size(triton_kernels: "TritonKernels", rows: int, blocks: int) -> None:
    q, (keys, values) = normal(rows, 2, 64), normal(2, 1, 1, 12 * BLOCK, 64, seed=1)
    table = tables(rows, blocks, 12)
    lengths = torch.arange(rows, dtype=torch.int32) % 3 + BLOCK * blocks - 2
    close(triton_kernels.attend(q, keys, values, table, lengths), TWIN.attend(q, keys, values, table, lengths))


def test_what_is_beyond_a_row_has_no_effect(triton_kernels: "TritonKernels") -> None:
    q, (keys, values) = normal(2, 4, 64), normal(2, 1, 2, 4 * BLOCK, 64, seed=1)
    table, lengths = torch.tensor([[2, 0], [1, 3]], dtype=torch.int32), torch.tensor([17, 0], dtype=torch.int32)
    expected = triton_kernels.attend(q, keys, values, table, lengths)
    for pages in (keys, values):
        pages[0, :, 1:BLOCK] = torch.nan
        pages[0, :, BLOCK : 2 * BLOCK] = torch.inf
    table[1] = torch.tensor([-1, 2**30])
    assert torch.equal(triton_kernels.attend(q, keys, values, table, lengths), expected)


def test_nan_is_not_lost(triton_kernels: "TritonKernels") -> None:
    q, (keys, values) = normal(1, 2, 64), normal(2, 1, 1, 16 * BLOCK, 64, seed=1)
    table, lengths = torch.arange(16, dtype=torch.int32)[None], torch.tensor([200], dtype=torch.int32)
    for pages in (keys, values):
        before = pages[0, 0, 150, 5].item()
        pages[0, 0, 150, 5] = torch.nan
        assert triton_kernels.attend(q, keys, values, table, lengths).isnan().any()
        pages[0, 0, 150, 5] = before


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("rows", "inputs", "outputs"),
    [(1, 48, 5), (1, 1100, 20), (3, 600, 40), (16, 64, 33), (17, 600, 40), (32, 64, 33), (64, 300, 33)],
)
def test_linear8(triton_kernels: "TritonKernels", rows: int, inputs: int, outputs: int, dtype: torch.dtype) -> None:
    x, bias = normal(rows, inputs, dtype=dtype), normal(outputs, seed=1, dtype=dtype)
    weight = normal(outputs, inputs, seed=2).to(FLOAT8)
    scale = torch.rand(outputs, 1, generator=torch.Generator().manual_seed(3)) / inputs**0.5
    for given in (bias, None):
        found, expected = (each.linear8(x, weight, scale, given) for each in (triton_kernels, TWIN))
        close(found, expected, 8)
    close(triton_kernels.linear8(x, weight, scale[0], bias), TWIN.linear8(x, weight, scale[0], bias), 8)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("native", [True, False])
def test_every_e4m3_number_is_read(triton_kernels: "TritonKernels", rows: int, native: bool) -> None:
    from handeye.model.kernels.gpu.linear8 import linear8

    weight = torch.tensor([number for number in range(256) if number & 127 != 127], dtype=torch.uint8).view(FLOAT8)
    x = torch.zeros(rows, len(weight), dtype=torch.bfloat16)
    found = []
    for place in (*range(8), 100, 126, 127, 128, 135, 253):
        x.zero_()[-1, place] = 1
        y = linear8(x, weight[None], torch.ones(1, 1), None, native=native)
        found.append(float(y[-1]) == float(weight[place]))
    assert all(found)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("group", [32, 64, 128, 384])
@pytest.mark.parametrize("rows", [1, 3, 16, 17, 32, 64])
def test_linear4(triton_kernels: "TritonKernels", rows: int, group: int, dtype: torch.dtype) -> None:
    inputs, outputs = 384, 37
    weight = four_bits(outputs, inputs, group, ordered=rows in (3, 17))
    x, bias = normal(rows, inputs, dtype=dtype), normal(outputs, seed=1, dtype=dtype)
    for given in (bias, None):
        found, expected = (each.linear4(x, weight, given) for each in (triton_kernels, TWIN))
        close(found, expected, 16)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(("outputs", "inputs"), [(1, 1), (5, 48), (20, 1100)])
def test_dense8(triton_kernels: "TritonKernels", outputs: int, inputs: int, dtype: torch.dtype) -> None:
    weight, scale = (normal(outputs, inputs) * 99).to(FLOAT8), normal(outputs, 1, seed=1) / inputs**0.5
    for given in (scale, scale.bfloat16(), scale[0], scale[0, 0]):
        found = triton_kernels.dense8(weight, given, dtype)
        assert torch.equal(found, TWIN.dense8(weight, given, dtype))


@pytest.mark.parametrize("native", [True, False])
def test_every_e4m3_number_is_unpacked(triton_kernels: "TritonKernels", native: bool) -> None:
    from handeye.model.kernels.gpu.dense8 import dense8

    numbers = [number for number in range(256) if not native or number & 127 != 127]  # NaN is 480 to the interpreter
    weight = torch.tensor([numbers], dtype=torch.uint8).view(FLOAT8)
    found = dense8(weight, torch.ones(()), torch.float32, native=native)
    torch.testing.assert_close(found, weight.float(), rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("group", [32, 64, 96, 128, 384])
def test_dense4(triton_kernels: "TritonKernels", group: int, dtype: torch.dtype) -> None:
    weight = four_bits(37, 384, group)
    for scales in (weight.scales, weight.scales.bfloat16(), weight.scales.float() / 3):
        given = weight._replace(scales=scales)
        assert torch.equal(triton_kernels.dense4(given, dtype), TWIN.dense4(given, dtype))


@pytest.mark.parametrize("without", [(), ("dense8", "dense4")])
def test_more_rows_are_multiplied_by_what_was_unpacked(
    triton_kernels: "TritonKernels", without: tuple[str, ...]
) -> None:
    kernels = type(triton_kernels)(without)
    x, eight, scale = normal(65, 64), normal(8, 64).to(FLOAT8), torch.ones(8, 1)
    four = four_bits(8, 64, 32, ordered=True)
    assert torch.equal(kernels.linear8(x, eight, scale, None), TWIN.linear8(x, eight, scale, None))
    assert torch.equal(kernels.linear4(x, four, None), TWIN.linear4(x, four, None))


def test_the_rows_of_a_token_step_need_nothing_unpacked(triton_kernels: "TritonKernels") -> None:
    from handeye.model.kernels.gpu.kernels import MOST_ROWS

    assert StaticDecoder.MOST_ROWS <= MOST_ROWS


@pytest.mark.parametrize("dtype", DTYPES)
def test_they_are_trusted(triton_kernels: "TritonKernels", dtype: torch.dtype) -> None:
    assert differing(triton_kernels, torch.device("cpu"), dtype) == {}
