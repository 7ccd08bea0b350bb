"""One layout for four bits: the weight is, bit for bit, that which the file's own layer unpacks."""

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from handeye.model.kernels.int4 import pack
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.integers import grouped
from tests.model.kernels.inputs import DTYPES, normal
from tests.model.quantised.tensors import layer, octets, positive, words

INPUTS, OUTPUTS = 256, 40
GROUPS = (32, 64, 128, -1)


def gptq(size: int, *, ordered: bool = False, version: str = "gptq", bits: int = 4) -> GroupedLinear:
    groups = INPUTS // size if size > 0 else 1
    options = {
        "quant_method": "gptq",
        "bits": bits,
        "group_size": size,
        "desc_act": ordered,
        "checkpoint_format": version,
    }
    columns = torch.arange(INPUTS, dtype=torch.int32)
    return made(
        options,
        {
            "qweight": words((INPUTS * bits // 32, OUTPUTS), 1),
            "qzeros": words((groups, OUTPUTS * bits // 32), 2),
            "scales": positive((groups, OUTPUTS), 3, torch.float16),
            "g_idx": (columns * 37 % INPUTS if ordered else columns) // (INPUTS // groups),
        },
    )


def awq(size: int) -> GroupedLinear:
    groups = INPUTS // size if size > 0 else 1
    options = {"quant_method": "awq", "bits": 4, "group_size": size, "version": "gemm", "zero_point": True}
    return made(
        options,
        {
            "qweight": words((INPUTS, OUTPUTS // 8), 1),
            "qzeros": words((groups, OUTPUTS // 8), 2),
            "scales": positive((groups, OUTPUTS), 3, torch.float16),
        },
    )


def compressed(size: int, zeros: Tensor | None = None, members: Tensor | None = None) -> GroupedLinear:
    groups = INPUTS // size if size > 0 else 1
    weights = {"num_bits": 4, "type": "int", "symmetric": zeros is None}
    weights |= {"strategy": "group", "group_size": size} if size > 0 else {"strategy": "channel"}
    options = {
        "quant_method": "compressed-tensors",
        "format": "pack-quantized",
        "quantization_status": "compressed",
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights}},
    }
    held = {
        "weight_packed": words((OUTPUTS, INPUTS // 8), 1),
        "weight_scale": positive((OUTPUTS, groups), 3, torch.bfloat16),
        "weight_shape": torch.tensor([OUTPUTS, INPUTS]),
    }
    more = {"weight_zero_point": zeros, "weight_g_idx": members}
    return made(options, held | {name: value for name, value in more.items() if value is not None})


def made(options: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> GroupedLinear:
    found = layer(options, (INPUTS, OUTPUTS), tensors)
    assert isinstance(found, GroupedLinear)
    return found


def layers() -> dict[str, GroupedLinear]:
    found: dict[str, GroupedLinear] = {}
    for size in GROUPS:
        groups = INPUTS // size if size > 0 else 1
        found[f"gptq {size}"] = gptq(size)
        found[f"gptq v2 {size}"] = gptq(size, version="gptq_v2")
        found[f"gptq act-order {size}"] = gptq(size, ordered=True)
        found[f"awq {size}"] = awq(size)
        found[f"compressed-tensors {size}"] = compressed(size)
        found[f"compressed-tensors zeros {size}"] = compressed(size, words((groups, OUTPUTS // 8), 2).t().contiguous())
        small = (octets((OUTPUTS, groups), 4) % 16).to(torch.int8) - 8
        found[f"compressed-tensors old zeros {size}"] = compressed(size, small)
    order = (torch.arange(INPUTS, dtype=torch.int32) * 37 % INPUTS) // 64
    found["compressed-tensors act-order 64"] = compressed(64, members=order)
    return found


LAYERS = layers()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", LAYERS)
def test_equal_to_what_the_layer_unpacks(name: str, dtype: torch.dtype) -> None:
    packed = pack(LAYERS[name])
    assert packed is not None
    assert packed.group == (INPUTS if name.endswith("-1") else int(name.split()[-1]))
    expected = LAYERS[name].dense(dtype)
    assert torch.equal(packed.dense(dtype), packed.arranged(expected))
    assert (packed.order is not None) == ("act-order" in name and not name.endswith("-1"))
    x, bias = normal(3, INPUTS, dtype=dtype), normal(OUTPUTS, seed=1, dtype=dtype)
    product = TorchKernels().linear4(x, packed, bias).double()
    tolerance = {"rtol": 0.02, "atol": 0.02} if dtype is torch.bfloat16 else {"rtol": 1e-5, "atol": 1e-5}
    torch.testing.assert_close(product, x.double() @ expected.double().T + bias, **tolerance)


def test_blocks_of_rows_make_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.model.kernels.int4._ROWS", 16)
    for name in ("gptq act-order 64", "awq 64", "compressed-tensors 64"):
        packed = pack(LAYERS[name])
        assert packed is not None
        assert torch.equal(packed.dense(torch.float32), packed.arranged(LAYERS[name].dense(torch.float32)))


def test_a_weight_is_unpacked_a_block_of_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers in float32 would need four times the memory of the result."""
    packed = pack(LAYERS["awq 64"])
    assert packed is not None
    whole, rows = packed.dense(torch.bfloat16), []

    def counted(numbers: Tensor, *others: Any) -> Tensor:
        rows.append(len(numbers))
        return grouped(numbers, *others)

    monkeypatch.setattr("handeye.model.kernels.int4.grouped", counted)
    monkeypatch.setattr("handeye.model.quantised.linear._BLOCK", 1)
    monkeypatch.setattr("handeye.model.quantised.linear._ROWS", 16)
    assert torch.equal(packed.dense(torch.bfloat16), whole)
    assert rows == [16, 16, 8]


def test_a_layer_without_a_place_in_the_layout_is_left_alone() -> None:
    unequal = torch.zeros(INPUTS, dtype=torch.int32)
    unequal[:100] = 1
    large = torch.full((OUTPUTS, 4), 8, dtype=torch.int8)  # 16 with the offset
    assert pack(gptq(64, bits=8)) is None
    assert pack(gptq(16)) is None
    assert pack(compressed(128, members=unequal)) is None
    assert pack(compressed(64, large)) is None
