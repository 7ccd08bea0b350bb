"""The work for a token or an image can be recorded with every kind of network: it sends the device nothing, and asks it
nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.engine import runner
from handeye.model.engine.steps.graph import Recorder, Work
from handeye.model.engine.steps.static import StaticDecoder
from handeye.model.engine.steps.static_vision import StaticVision
from handeye.model.kernels.repack import repack
from handeye.model.kernels.twin import TorchKernels
from handeye.model.runtime import Model
from tests.model.gguf.random_pair import write_pair
from tests.model.quantised.packed_checkpoint import FORMS, is_packed, write_packed

Noise = Callable[..., PIL.Image.Image]
_WAITING = {
    "aten::lift_fresh",  # numbers of Python that become a tensor
    "aten::_local_scalar_dense",
    "aten::is_nonzero",
    "aten::nonzero",
    "aten::equal",
    "aten::masked_select",
    "aten::_unique2",
    "aten::repeat_interleave.Tensor",
}
"""What waits for a GPU, in the words of PyTorch."""


class Recording(TorchDispatchMode):
    """Refuses what a graph cannot hold."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        name = func.name()
        masked = name == "aten::index.Tensor" and any(each is not None and each.dtype is torch.bool for each in args[1])
        if masked or name in _WAITING or name.partition(".")[0] in _WAITING:
            raise AssertionError(f"{name} cannot be recorded")
        return func(*args, **kwargs or {})


def record(recorder: Recorder, work: Work) -> Work:
    """Do the work once as it is, and once as if it were recorded."""
    work()
    with Recording():
        work()
    return work


def check(folder: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise, *, again: bool = False) -> None:
    """Have a model answer."""
    checkpoint = replace(open_checkpoint(folder, device="cpu", dtype="float32"), closing=frozenset())
    network = checkpoint.network
    if again:
        repack(network, "cpu")
    recorded: list[Work] = []
    monkeypatch.setattr(runner, "choose_decoder", lambda *given: StaticDecoder(*given, TorchKernels()))
    monkeypatch.setattr(runner, "choose_encoder", lambda network: StaticVision(network, TorchKernels()))
    monkeypatch.setattr(Recorder, "record", lambda *given: recorded.append(record(*given)) or recorded[-1])
    assert StaticDecoder.can_run(network)
    model = Model(checkpoint)
    model.generate([Message("user", ("go",))], max_new_tokens=3)
    steps = len(recorded)
    for seed in range(2):  # a size is recorded when it comes again
        model.generate([Message("user", (noise(84, 56, seed), "go"))], max_new_tokens=1)
    assert 0 < steps < len(recorded)


def test_what_waits_is_found() -> None:
    x = torch.zeros(4)
    for work in (lambda: torch.tensor([1.0, 2.0]), lambda: x[..., (0, 2)], lambda: float(x[0]), lambda: x[x > 1]):
        with Recording(), pytest.raises(AssertionError, match="cannot be recorded"):
            work()


@pytest.mark.parametrize("form", FORMS)
def test_packed_weights(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    check(packed, monkeypatch, noise)


def test_four_bits_in_the_layout_of_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise) -> None:
    packed, _ = write_packed(tmp_path, FORMS["gptq-act-order"])
    check(packed, monkeypatch, noise, again=True)


def test_a_layer_of_which_a_part_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise) -> None:
    packed, _ = write_packed(tmp_path, FORMS["awq"], lambda name: is_packed(name) and "v_proj" not in name)
    check(packed, monkeypatch, noise, again=True)


def test_plain_weights(folder: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise) -> None:
    check(folder, monkeypatch, noise)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Q4_K", "Q6_K", "Q3_K", "Q5_1", "IQ4_XS", "F16"])
def test_the_blocks_of_gguf_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: Noise) -> None:
    files = write_pair(tmp_path, formats=lambda _: name)
    check(files.language, monkeypatch, noise)
