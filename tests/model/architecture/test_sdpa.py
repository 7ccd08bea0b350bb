"""Which of PyTorch's kernels attention may use, on a CPU and on a simulated GPU."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from handeye.model.architecture import sdpa as sdpa_module
from handeye.model.architecture.context import attention
from handeye.model.architecture.sdpa import sdpa
from tests.model.architecture.test_context import expected
from tests.model.simulated_gpus import simulated_gpus

GPU = torch.device("cuda", 0)


class Call(NamedTuple):
    """How PyTorch was called."""

    heads: int
    """Of the keys."""
    grouped: bool
    cudnn: bool
    """Whether it may use cuDNN."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Call]]:
    found: list[Call] = []
    plain = torch.nn.functional.scaled_dot_product_attention

    def noted(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> Tensor:
        found.append(Call(k.shape[1], options.get("enable_gqa", False), torch.backends.cuda.cudnn_sdp_enabled()))
        return plain(q, k, v, **options)

    monkeypatch.setattr(torch.nn.functional, "scaled_dot_product_attention", noted)
    sdpa_module._flashes.cache_clear()
    with simulated_gpus(1), torch.inference_mode():
        yield found
    sdpa_module._flashes.cache_clear()


def given(length: int, seen: int, dtype: torch.dtype, device: torch.device) -> list[Tensor]:
    generator = torch.Generator().manual_seed(length)
    shapes = ((1, 6, length, 16), (1, 2, seen, 16), (1, 2, seen, 16))
    return [torch.randn(shape, generator=generator).to(device, dtype) for shape in shapes]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
@pytest.mark.parametrize(("length", "seen"), [(1, 9), (9, 9), (5, 9)])
def test_cudnn_is_left_out_on_a_gpu(calls: list[Call], length: int, seen: int, dtype: torch.dtype) -> None:
    assert torch.backends.cuda.cudnn_sdp_enabled()
    q, k, v = given(length, seen, dtype, GPU)
    found = attention(q, k, v)
    [call] = calls
    assert not call.cudnn
    assert torch.backends.cuda.cudnn_sdp_enabled()  # what others of the process use is as it was
    assert torch.allclose(found.cpu().double(), expected(q.cpu(), k.cpu(), v.cpu()), atol=0.03)


@pytest.mark.parametrize(
    ("dtype", "capability", "repeated"),
    [
        (torch.bfloat16, (9, 0), False),
        (torch.float16, (8, 6), False),
        (torch.float32, (9, 0), True),
        (torch.float16, (7, 5), True),
    ],
)
@pytest.mark.parametrize("length", [5, 9])
def test_heads_are_repeated_where_no_kernel_takes_groups(
    calls: list[Call],
    monkeypatch: pytest.MonkeyPatch,
    length: int,
    dtype: torch.dtype,
    capability: tuple[int, int],
    repeated: bool,
) -> None:
    """Else all scores are stored: 28 times the square of a prompt's length."""
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    q, k, v = given(length, 9, dtype, GPU)
    found = attention(q, k, v)
    assert [(call.heads, call.grouped) for call in calls] == [(6, False) if repeated else (2, True)]
    assert torch.allclose(found.cpu().double(), expected(q.cpu(), k.cpu(), v.cpu()), atol=0.03)


def test_a_cpu_takes_groups_as_they_are(calls: list[Call]) -> None:
    q, k, v = given(9, 9, torch.float32, torch.device("cpu"))
    assert torch.allclose(sdpa(q, k, v, causal=True).double(), expected(q, k, v), atol=1e-5)
    assert calls == [Call(2, True, True)]
