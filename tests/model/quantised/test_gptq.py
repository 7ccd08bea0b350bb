"""GPTQ. The digests are of what `dequantize_weight` of GPTQModel 7.7.0 returns for the same tensors.

Scales were float32 for it, and files of the first version were brought to the second before, as its
`convert_gptq_v1_to_v2_format_module` does.
"""

from typing import Any

import pytest
import torch
from torch import Tensor

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.scheme import read_scheme
from tests.model.quantised.tensors import digest, layer, positive, words

OPTIONS = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False, "checkpoint_format": "gptq"}
SIZES = 128, 24


def tensors(bits: int, groups: int, *, ordered: bool) -> dict[str, Tensor]:
    each = 32 // bits
    columns = torch.arange(128, dtype=torch.int32)
    return {
        "qweight": words((128 // each, 24), 1),
        "qzeros": words((groups, 24 // each), 2),
        "scales": positive((groups, 24), 3, torch.float16),
        "g_idx": (columns * 37 % 128 if ordered else columns) // (128 // groups),
    }


@pytest.mark.parametrize(
    ("bits", "ordered", "version", "size", "expected"),
    [
        (4, False, "gptq", 32, "ad4405f050204c9a"),
        (4, False, "gptq", -1, "a8597e0cd2c11ceb"),
        (4, False, "gptq_v2", 32, "a96432d5ebb68f2e"),
        (4, True, "gptq", 32, "15b0207d4811c5de"),
        (4, True, "gptq_v2", 32, "489f4cdb1442bce4"),
        (4, True, "gptq_v2", -1, "8a9cd78047c3b832"),
        (8, False, "gptq", 32, "2ca0a0f15ae9d2a2"),
        (8, False, "gptq_v2", 32, "837b81ad8e7a21aa"),
        (8, True, "gptq", 32, "3774d65c4e0598f0"),
        (8, True, "gptq_v2", 32, "c3b166b766d41291"),
    ],
)
def test_equal_to_the_reference(bits: int, ordered: bool, version: str, size: int, expected: str) -> None:
    options = {**OPTIONS, "bits": bits, "desc_act": ordered, "checkpoint_format": version, "group_size": size}
    packed = layer(options, SIZES, tensors(bits, 128 // size if size > 0 else 1, ordered=ordered))
    weight = packed.dense(torch.float32)
    assert weight.shape == (24, 128)
    assert digest(weight) == expected
    assert torch.equal(packed.dense(torch.bfloat16), weight.bfloat16())


def test_files_without_act_order_need_no_groups() -> None:
    held = tensors(4, 4, ordered=False)
    weight = layer(OPTIONS, SIZES, held).dense(torch.float32)
    del held["g_idx"]
    assert torch.equal(layer(OPTIONS, SIZES, held).dense(torch.float32), weight)


def test_a_bias_that_the_network_lacks_is_added() -> None:
    held = tensors(4, 4, ordered=False)
    packed = layer(OPTIONS, SIZES, {**held, "bias": torch.arange(24.0)})
    assert torch.equal(packed(torch.zeros(1, 128)), torch.arange(24.0)[None])


@pytest.mark.parametrize("group", [-1, 4])
def test_groups_that_are_not_there_are_refused(group: int) -> None:
    held = tensors(4, 4, ordered=True)
    held["g_idx"][5] = group
    with pytest.raises(InvalidCheckpoint, match=r"layer\.g_idx names a group outside 0 to 3"):
        layer({**OPTIONS, "desc_act": True}, SIZES, held)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bits": 3}, "bits is 3, which is not supported: use a copy with 4 or 8"),
        ({"checkpoint_format": "marlin"}, 'checkpoint_format is "marlin", .* "gptq" or "gptq_v2"'),
        ({"is_marlin_format": True}, "is_marlin_format is true"),
        ({"pack_dtype": "int64"}, 'pack_dtype is "int64"'),
        ({"dynamic": {"+:.*down_proj": {"bits": 8}}}, "dynamic is .* layers with options of their own"),
        ({"desc_act": 1}, "desc_act is 1, not true or false"),
    ],
)
def test_other_options_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=f"quantization_config.{reason}") as caught:
        read_scheme(Section({**OPTIONS, **change}, "config.json", "quantization_config"))
    assert "\n" not in str(caught.value)


def test_layers_that_are_left_out_are_no_other_option() -> None:
    read_scheme(Section({**OPTIONS, "dynamic": {"-:.*visual.*": {}}}, "config.json"))


def test_sizes_that_cannot_be_packed_are_refused() -> None:
    with pytest.raises(InvalidCheckpoint, match="it is 24x130, and GPTQ packs 8 numbers together"):
        layer(OPTIONS, (130, 24), tensors(4, 4, ordered=False))
