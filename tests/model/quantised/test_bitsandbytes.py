"""bitsandbytes. The digests are of what `dequantize_4bit` of 0.50.2 returns on a CPU for the same tensors."""

import json
from typing import Any

import pytest
import torch
from torch import Tensor

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.scheme import read_scheme
from tests.model.quantised.tensors import digest, floats, layer, octets, positive

NF4 = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}
INT8 = {"quant_method": "bitsandbytes", "load_in_8bit": True, "load_in_4bit": False}
STATE = "weight.quant_state.bitsandbytes__nf4"
TABLE = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
    -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
    0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
)  # fmt: skip
"""The sixteen numbers of nf4 (QLoRA, appendix E), as `quant_map` holds them."""


def state(rows: int, columns: int, block: int, *, nested: bool, **change: object) -> Tensor:
    """Return what a file says of a weight, as bytes."""
    said: dict[str, object] = {"quant_type": "nf4", "blocksize": block, "dtype": "float32", "shape": [rows, columns]}
    if nested:
        said |= {"nested_blocksize": 256, "nested_dtype": "float32", "nested_offset": 0.4927326738834381}
    return torch.tensor([*json.dumps({**said, **change}).encode()], dtype=torch.uint8)


def four_bits(rows: int, columns: int, block: int = 64, *, nested: bool) -> dict[str, Tensor]:
    """Return the tensors of a random weight, as a file holds them."""
    blocks = -(-rows * columns // block)
    held = {
        "weight": octets((-(-rows * columns // 2), 1), 1),
        "weight.quant_map": torch.tensor(TABLE),
        STATE: state(rows, columns, block, nested=nested),
    }
    if not nested:
        return {**held, "weight.absmax": positive((blocks,), 2)}
    return {
        **held,
        "weight.absmax": octets((blocks,), 2),
        "weight.nested_absmax": positive((-(-blocks // 256),), 3),
        "weight.nested_quant_map": floats((256,), 5),
    }


@pytest.mark.parametrize(
    ("rows", "columns", "block", "nested", "expected"),
    [
        (24, 128, 64, True, "cc188036c037db82"),
        (24, 128, 64, False, "3817ee8f7bb470d6"),
        (200, 130, 64, True, "c02e31c8caef703b"),
        (200, 130, 128, False, "48e346c0b72032fe"),
        (300, 256, 64, True, "f21a0243702b24dd"),
        (7, 9, 64, True, "0042b7b13007726c"),
    ],
)
def test_nf4_equals_the_reference(rows: int, columns: int, block: int, nested: bool, expected: str) -> None:
    packed = layer(NF4, (columns, rows), four_bits(rows, columns, block, nested=nested))
    weight = packed.dense(torch.float32)
    assert weight.shape == (rows, columns)
    assert digest(weight) == expected
    assert torch.equal(packed.dense(torch.bfloat16), weight.bfloat16())


@pytest.mark.parametrize("block", [64, 4096])
def test_blocks_of_rows_make_the_same_weight(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = layer(NF4, (130, 300), four_bits(300, 130, block, nested=False))
    whole = packed.dense(torch.float32)
    monkeypatch.setattr("handeye.model.quantised.linear._BLOCK", 1)
    assert torch.equal(packed.dense(torch.float32), whole)


def test_int8_rows() -> None:
    """`int8_vectorwise_dequant` multiplies by 0.007874015718698502, the float32 next to 1/127."""
    held = {"weight": octets((24, 128), 1).view(torch.int8), "SCB": positive((24,), 2)}
    weight = layer(INT8, (128, 24), {**held, "weight_format": torch.tensor(0, dtype=torch.uint8)}).dense(torch.float32)
    expected = held["weight"] * held["SCB"].view(-1, 1) * 7.874015718698502e-3
    assert torch.allclose(weight, expected, rtol=3e-7, atol=0)
    assert torch.equal(layer(INT8, (128, 24), held).dense(torch.float32), weight)


def test_an_order_for_one_kind_of_gpu_is_refused() -> None:
    held = {"weight": octets((24, 128), 1).view(torch.int8), "SCB": positive((24,), 2)}
    with pytest.raises(InvalidCheckpoint, match=r"layer\.weight_format is 2, an order for one kind of GPU: save"):
        layer(INT8, (128, 24), {**held, "weight_format": torch.tensor(2, dtype=torch.uint8)})


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"quant_type": "fp4"}, 'quant_type is "fp4"'),
        ({"shape": [24, 127]}, r"shape is \[24, 127\], but config\.json makes it \[24, 128\]"),
        ({"blocksize": 128}, "blocksize is 128, but there are 48 blocks"),
        ({"blocksize": 0}, "blocksize is 0"),
        ({"nested_offset": None}, "nested_offset is null, not a number"),
        ({"nested_offset": 10**400}, "nested_offset is 10*..., not a number"),
        ({"nested_blocksize": 64}, "nested_blocksize is 64"),
    ],
)
def test_a_state_that_does_not_fit_is_refused(said: dict[str, object], reason: str) -> None:
    held = four_bits(24, 128, nested=True)
    held[STATE] = state(24, 128, 64, nested=True, **said)
    with pytest.raises(InvalidCheckpoint, match=rf"layer\.{STATE} has an invalid value: {reason}") as caught:
        layer(NF4, (128, 24), held)
    assert "\n" not in str(caught.value)


def test_a_long_state_is_not_read() -> None:
    held = {**four_bits(24, 128, nested=True), STATE: torch.zeros(5000, dtype=torch.uint8)}
    with pytest.raises(InvalidCheckpoint, match=rf"layer\.{STATE} is too long"):
        layer(NF4, (128, 24), held)


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b"[" * 4000])
def test_a_state_that_is_no_json_is_refused(text: bytes) -> None:
    held = {**four_bits(24, 128, nested=True), STATE: torch.tensor([*text], dtype=torch.uint8)}
    with pytest.raises(InvalidCheckpoint, match=rf"layer\.{STATE} is not JSON"):
        layer(NF4, (128, 24), held)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bnb_4bit_quant_type": "fp4"}, 'bnb_4bit_quant_type is "fp4", which is not supported: use a copy with "nf4"'),
        ({"bnb_4bit_quant_storage": "bfloat16"}, 'bnb_4bit_quant_storage is "bfloat16"'),
        ({"load_in_4bit": "yes"}, 'load_in_4bit is "yes", not true or false'),
    ],
)
def test_other_options_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        read_scheme(Section({**NF4, **change}, "config.json", "quantization_config"))
    assert "\n" not in str(caught.value)
