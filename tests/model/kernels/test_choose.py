import sys
import warnings

import pytest
import torch

from handeye.model.kernels.choose import choose, choose_for
from handeye.model.kernels.twin import TorchKernels
from tests.model.kernels.inputs import DTYPES, normal, tables

CPU, GPU = torch.device("cpu"), torch.device("cuda")
PACKAGE = "handeye.model.kernels.gpu"


@pytest.fixture(autouse=True)
def forget() -> None:
    choose.cache_clear()


def test_other_devices_have_none() -> None:
    assert choose(CPU, torch.float32) is None
    assert choose(torch.device("mps"), torch.bfloat16) is None
    assert isinstance(choose_for(normal(1)), TorchKernels)


def test_activations_have_the_kernels_of_their_device(monkeypatch: pytest.MonkeyPatch) -> None:
    made = TorchKernels()
    monkeypatch.setattr(f"{choose.__module__}.choose", lambda *given: made if given == (CPU, torch.bfloat16) else None)
    assert choose_for(normal(1, dtype=torch.bfloat16)) is made
    assert choose_for(normal(1)) is not made


def test_without_triton_a_gpu_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "triton", None)
    for name in [name for name in sys.modules if name.startswith(f"{PACKAGE}.")]:
        monkeypatch.delitem(sys.modules, name)
    with warnings.catch_warnings(action="error"):
        assert choose(GPU, torch.bfloat16) is None
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
    assert kernels is not None
    x, gate_up = normal(2, 8), normal(2, 12)
    assert torch.equal(kernels.gate(gate_up, "silu"), TorchKernels().gate(gate_up, "silu"))
    assert torch.equal(kernels.norm(x, x, x[0], 1e-6).y, TorchKernels().norm(x, x, x[0], 1e-6).y)


def test_attention_is_not_left_to_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which would read the pages of all sequences for each row."""
    pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    monkeypatch.setattr("handeye.model.kernels.choose.differing", lambda *_: {"attend": "OutOfResources: memory"})
    with pytest.warns(RuntimeWarning, match="attend: OutOfResources"):
        assert choose(GPU, torch.bfloat16) is None


def test_sound_kernels_are_chosen_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    monkeypatch.setattr("handeye.model.kernels.choose.differing", lambda *_: {})
    with warnings.catch_warnings(action="error"):
        assert type(choose(GPU, torch.bfloat16)).__name__ == "TritonKernels"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("dtype", DTYPES)
def test_on_a_gpu_all_are_sound_and_a_graph_follows_the_lengths(dtype: torch.dtype) -> None:
    pytest.importorskip("triton", reason='needs Triton: pip install "handeye[gpu]"')
    with warnings.catch_warnings(action="error"):
        kernels = choose(GPU, dtype)
    assert kernels is not None
    q, (keys, values) = normal(2, 14, 128, dtype=dtype).cuda(), normal(2, 1, 2, 640, 128, dtype=dtype).cuda()
    table, lengths = tables(2, 40, 40).cuda(), torch.tensor([1, 1], dtype=torch.int32, device=GPU)
    kernels.attend(q, keys, values, table, lengths)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        mixed = kernels.attend(q, keys, values, table, lengths)
    for seen in ([640, 17], [0, 300]):
        lengths.copy_(torch.tensor(seen))
        graph.replay()
        expected = TorchKernels().attend(q, keys, values, table, lengths)
        torch.testing.assert_close(mixed, expected, rtol=0, atol=4 * torch.finfo(dtype).eps)
