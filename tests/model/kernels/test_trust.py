import pytest
import torch
from torch import Tensor

from handeye.model.kernels.int4 import Int4
from handeye.model.kernels.kernels import NAMES, Normed
from handeye.model.kernels.trust import differing
from handeye.model.kernels.twin import TorchKernels
from tests.model.kernels.inputs import DTYPES

CPU = torch.device("cpu")


class Faulty(TorchKernels):
    """Its norm forgets the weight, its gate fills up with other than zeros, its rotation is one the wrong way, and its
    kernel for turning does not compile."""

    def norm(self, x: Tensor, residual: Tensor | None, weight: Tensor, eps: float) -> Normed:
        return super().norm(x, residual, torch.ones_like(weight), eps)

    def gate(self, gate_up: Tensor, act: str, width: int | None = None) -> Tensor:
        y = super().gate(gate_up, act, width)
        y[:, gate_up.shape[1] // 2 :] = torch.nan
        return y

    def rotate(self, qkv: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        return super().rotate(qkv, cos, -sin)

    def turn(self, qkv: Tensor, cos: Tensor, sin: Tensor, slots: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        raise TypeError("no such instruction\nat line 5")


class Careless(TorchKernels):
    """Each result is one of the twin's for a slightly different input."""

    def attend(self, q: Tensor, keys: Tensor, values: Tensor, tables: Tensor, lengths: Tensor) -> Tensor:
        return super().attend(q, keys, values, tables, (lengths - 1).clamp(min=0))

    def linear8(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        return super().linear8(x, weight, scale * 1.1, bias)

    def dense4(self, weight: Int4, dtype: torch.dtype) -> Tensor:
        return super().dense4(weight._replace(zeros=weight.zeros ^ 1), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_twin_is_equal_to_itself(dtype: torch.dtype) -> None:
    assert differing(TorchKernels(), CPU, dtype) == {}


@pytest.mark.parametrize("dtype", DTYPES)
def test_faults_are_found_and_named(dtype: torch.dtype) -> None:
    found = differing(Faulty(), CPU, dtype)
    assert [*found] == ["norm", "gate", "rotate", "turn"]
    assert found["norm"].startswith("a result differs by ")
    assert found["gate"].startswith("a result differs by nan")
    assert found["turn"] == "TypeError: no such instruction"


@pytest.mark.parametrize("dtype", DTYPES)
def test_small_faults_are_found(dtype: torch.dtype) -> None:
    assert [*differing(Careless(), CPU, dtype)] == ["attend", "linear8", "linear4", "dense4"]


def test_every_method_is_compared() -> None:
    class Absent(TorchKernels):
        def __getattribute__(self, name: str) -> object:
            raise NotImplementedError(name)

    assert differing(Absent(), CPU, torch.float32) == {name: f"NotImplementedError: {name}" for name in NAMES}
