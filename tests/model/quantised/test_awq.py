"""AWQ. The digests are of what `dequantize_gemm` of AutoAWQ 0.2.9 returns for the same tensors with float32 scales."""

from typing import Any

import pytest
import torch
from torch import Tensor

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.scheme import read_scheme
from tests.model.quantised.tensors import digest, layer, positive, words

OPTIONS = {"quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm", "zero_point": True}
SIZES = 256, 40


def tensors(groups: int) -> dict[str, Tensor]:
    return {
        "qweight": words((256, 5), 1),
        "qzeros": words((groups, 5), 2),
        "scales": positive((groups, 40), 3, torch.float16),
    }


@pytest.mark.parametrize(
    ("size", "expected"), [(128, "b15475012d4048bd"), (64, "cd8897c3ef2129df"), (-1, "5e0a54fee0884a8e")]
)
def test_equal_to_the_reference(size: int, expected: str) -> None:
    packed = layer({**OPTIONS, "group_size": size}, SIZES, tensors(256 // size if size > 0 else 1))
    weight = packed.dense(torch.float32)
    assert weight.shape == (40, 256)
    assert digest(weight) == expected
    assert torch.equal(packed.dense(torch.bfloat16), weight.bfloat16())


def test_blocks_of_rows_make_the_same_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    held = {
        "qweight": words((64, 40), 1),
        "qzeros": words((2, 40), 2),
        "scales": positive((2, 320), 3, torch.float16),
    }
    packed = layer({**OPTIONS, "group_size": 32}, (64, 320), held)
    whole = packed.dense(torch.float32)
    monkeypatch.setattr("handeye.model.quantised.linear._BLOCK", 1)
    assert torch.equal(packed.dense(torch.float32), whole)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bits": 3}, "bits is 3, which is not supported: use a copy with 4"),
        ({"version": "gemv"}, 'version is "gemv", which is not supported: use a copy with "gemm"'),
        ({"version": None, "format": "llm-awq"}, 'format is "llm-awq"'),
        ({"zero_point": False}, "zero_point is false, which is not supported: use a copy with true"),
        ({"group_size": 0}, "group_size is 0, not a whole number"),
    ],
)
def test_other_options_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=f"quantization_config.{reason}") as caught:
        read_scheme(Section({**OPTIONS, **change}, "config.json", "quantization_config"))
    assert "\n" not in str(caught.value)


def test_sizes_that_cannot_be_packed_are_refused() -> None:
    with pytest.raises(InvalidCheckpoint, match="layer cannot be read: it has 41 outputs"):
        layer(OPTIONS, (256, 41), tensors(2))
    with pytest.raises(InvalidCheckpoint, match="its 250 inputs are not a multiple of group_size, 128"):
        layer(OPTIONS, (250, 40), tensors(2))


def test_another_number_format_is_refused() -> None:
    with pytest.raises(InvalidCheckpoint, match=r"layer\.qweight is stored as int64, but by its config\.json it is"):
        layer(OPTIONS, SIZES, {**tensors(2), "qweight": words((256, 5), 1).long()})
