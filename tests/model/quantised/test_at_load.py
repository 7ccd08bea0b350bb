"""FP8 made at load."""

import pytest
import torch
from torch import Tensor

from handeye.model.quantised.at_load import Float8Linear
from handeye.model.quantised.elements import FLOAT8
from tests.model.quantised.tensors import digest, floats

CPU = torch.device("cpu")


def made(weight: Tensor) -> Float8Linear:
    with torch.device("meta"):
        packed = Float8Linear(weight.shape[1], weight.shape[0], bias=False)
    packed.load_state_dict(packed.quantise(weight, CPU), assign=True)
    return packed


def test_numbers_and_scales_are_those_of_compressed_tensors() -> None:
    """The digest is of what `quantize` and `dequantize` of 0.20.1 make, with `calculate_qparams`, by channel."""
    weight = floats((24, 128), 1)
    packed = made(weight)
    assert packed.weight.dtype is FLOAT8
    assert digest(packed.dense(torch.float32)) == "c753f934d4981de7"
    assert torch.allclose(packed.dense(torch.float32), weight, rtol=2**-4, atol=2**-10 * 0.5 / 448)


def test_the_largest_of_each_row_is_kept_and_zeros_stay() -> None:
    weight = floats((3, 8), 1, torch.bfloat16)
    weight[1] = 0
    dense = made(weight).dense(torch.float32)
    largest = weight.float().abs().amax(dim=1)
    assert torch.allclose(dense.abs().amax(dim=1), largest, rtol=1e-6)
    assert not dense[1].any()


def test_rows_are_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = floats((24, 128), 1)
    whole = made(weight)
    monkeypatch.setattr("handeye.model.quantised.at_load._BLOCK", 5 * 128)
    read: list[int] = []

    class Stored:
        def __getitem__(self, rows: slice) -> Tensor:
            part = weight[rows]
            read.append(len(part))
            return part

    with torch.device("meta"):
        packed = Float8Linear(128, 24, bias=False)
    packed.load_state_dict(packed.quantise(Stored(), CPU), assign=True)
    assert read == [5, 5, 5, 5, 4]
    assert torch.equal(packed.dense(torch.float32), whole.dense(torch.float32))
