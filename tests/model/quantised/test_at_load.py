"""Eight bits made at load."""

import pytest
import torch
from torch import Tensor

from handeye.model.quantised.at_load import Float8Linear, Int8Linear, MadeLinear
from handeye.model.quantised.elements import FLOAT8
from tests.model.quantised.tensors import digest, floats

CPU = torch.device("cpu")


def made(weight: Tensor, kind: type[MadeLinear] = Float8Linear) -> MadeLinear:
    with torch.device("meta"):
        packed = kind(weight.shape[1], weight.shape[0], bias=False)
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


def test_whole_numbers_are_the_nearest() -> None:
    weight = floats((24, 128), 1)
    weight[3] = 0
    packed = made(weight, Int8Linear)
    assert packed.weight.dtype is torch.int8
    assert packed.weight.abs().amax(dim=1).tolist() == [127] * 3 + [0] + [127] * 20
    step = weight.abs().amax(dim=1, keepdim=True) / 127
    assert bool(((packed.dense(torch.float32) - weight).abs() <= step * 0.5001).all())


def rounded(x: Tensor) -> Tensor:
    """Activations as they are multiplied: the greatest of a row is 63."""
    scale = x.abs().amax(dim=-1, keepdim=True).clamp_min(1e-30) / 63
    return (x / scale).round() * scale


@pytest.mark.parametrize("shape", [(24, 32), (7, 96), (40, 3420), (33, 17), (5, 24)])
@pytest.mark.parametrize("rows", [1, 3, 32, 150, 1100])
def test_products_of_whole_numbers(shape: tuple[int, int], rows: int) -> None:
    """Rows of zeros, of one sign and of very different sizes; more of them than are multiplied together."""
    layer = made(floats(shape, 2), Int8Linear)
    x = floats((rows, shape[1]), 3) * torch.logspace(-3, 3, rows)[:, None]
    x[0] = 0
    x[-1] = x[-1].abs() * (rows > 1)
    expected = rounded(x) @ layer.dense(torch.float32).T
    found = layer(x)
    assert found.dtype is torch.float32
    size = expected.abs().amax(dim=1, keepdim=True)
    assert bool(((found - expected).abs() <= size * 1e-5).all())
    assert layer(x.view(1, rows, -1).bfloat16()).shape == (1, rows, shape[0])


def test_a_bias_is_added() -> None:
    with torch.device("meta"):
        layer = Int8Linear(64, 8, bias=True)
    bias = floats((8,), 5)
    layer.load_state_dict({**layer.quantise(floats((8, 64), 2), CPU), "bias": bias}, assign=True)
    without = made(floats((8, 64), 2), Int8Linear)
    for rows in (2, 50):
        x = floats((rows, 64), 4)
        assert torch.allclose(layer(x), without(x) + bias, atol=1e-6)


@pytest.mark.parametrize("inference", [False, True])
def test_a_changed_weight_takes_effect(inference: bool) -> None:
    with torch.inference_mode(inference):
        layer, other = made(floats((8, 64), 2), Int8Linear), made(floats((8, 64), 3), Int8Linear)
        x = floats((4, 64), 4)
        before = layer(x)
        if not inference:  # a write into an inference tensor is not counted
            layer.weight.copy_(other.weight)
        else:
            layer.weight = torch.nn.Parameter(other.weight.clone(), requires_grad=False)
        layer.weight_scale.copy_(other.weight_scale)
        assert torch.equal(layer(x), other(x))
        assert not torch.allclose(before, other(x))
