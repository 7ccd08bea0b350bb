import sys
import warnings

import pytest
import torch

from handeye.model.kernels.choose import choose
from handeye.model.kernels.twin import TorchKernels
from tests.model.kernels.inputs import normal

CPU, GPU = torch.device("cpu"), torch.device("cuda")
PACKAGE = "handeye.model.kernels.gpu"


@pytest.fixture(autouse=True)
def forget() -> None:
    choose.cache_clear()


def test_a_cpu_has_the_twin() -> None:
    assert isinstance(choose(CPU, torch.float32), TorchKernels)
    assert isinstance(choose(torch.device("mps"), torch.bfloat16), TorchKernels)


def test_without_triton_a_gpu_has_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    for name in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
        monkeypatch.delitem(sys.modules, name)
    with warnings.catch_warnings(action="error"):
        assert isinstance(choose(GPU, torch.bfloat16), TorchKernels)
    assert f"{PACKAGE}.kernels" not in sys.modules


def test_a_kernel_that_fails_is_left_to_the_twin_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    faults = {"gate": "CompilationError: no such instruction", "norm": "a result differs by 1, more than 0.1"}
    monkeypatch.setattr("handeye.model.kernels.choose.differing", lambda *_: faults)
    with pytest.warns(RuntimeWarning) as caught:
        kernels = choose(GPU, torch.bfloat16)
        assert choose(GPU, torch.bfloat16) is kernels
    [warning] = caught
    assert str(warning.message) == (
        "PyTorch does what these Triton kernels should do on cuda, which is slower (gate: CompilationError: no such "
        "instruction; norm: a result differs by 1, more than 0.1): update triton or the driver of the GPU"
    )
    x, gate_up = normal(2, 8), normal(2, 12)
    assert torch.equal(kernels.gate(gate_up, "silu"), TorchKernels().gate(gate_up, "silu"))
    assert torch.equal(kernels.norm(x, x, x[0], 1e-6).y, TorchKernels().norm(x, x, x[0], 1e-6).y)


def test_sound_kernels_are_chosen_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    monkeypatch.setattr("handeye.model.kernels.choose.differing", lambda *_: {})
    with warnings.catch_warnings(action="error"):
        assert not isinstance(choose(GPU, torch.bfloat16), TorchKernels)
