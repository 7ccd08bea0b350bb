"""After an error nothing of the failed step is kept: neither its tensors, nor what the next step cannot use."""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.engine.pages import Pages
from handeye.model.errors import OutOfMemory
from handeye.model.layers import Fused
from handeye.model.memory import is_out_of_memory
from handeye.model.messages import Message
from handeye.model.network import Qwen2_5_VL
from handeye.model.runtime import Model
from handeye.model.text import DecoderLayer
from handeye.model.vision import VisionTransformer

MakeImage = Callable[..., PIL.Image.Image]


class Failing:
    """Makes a method fail from its `after`-th call on, and remembers the tensors that live at that moment."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, error: Exception, after: int = 1
    ) -> None:
        self.kept: list[weakref.ref[torch.Tensor]] = []
        real, calls = getattr(owner, name), 0

        def method(*values: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls < after:
                return real(*values, **options)
            scratch = torch.ones(1000)
            self.kept += [weakref.ref(value) for value in (scratch, *values) if type(value) is torch.Tensor]
            raise error

        monkeypatch.setattr(owner, name, method)

    def alive(self) -> int:
        return sum(reference() is not None for reference in self.kept)


def reachable(error: BaseException) -> list[torch.Tensor]:
    """Return the plain tensors that the error leads to, through its frames and the errors behind it."""
    found, todo, seen = [], [error], set()
    while todo:
        one = todo.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        todo += [one.__cause__, one.__context__]
        frame = one.__traceback__
        while frame is not None:
            if "/model/" in frame.tb_frame.f_code.co_filename and "tests" not in frame.tb_frame.f_code.co_filename:
                found += [value for value in frame.tb_frame.f_locals.values() if isinstance(value, torch.Tensor)]
            frame = frame.tb_next
    return found


CPU_WORDS = "[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("no"), RuntimeError(CPU_WORDS)], ids=["gpu", "cpu"])
@pytest.mark.parametrize(
    ("owner", "name", "after"),
    [(DecoderLayer, "forward", 2), (VisionTransformer, "forward", 1), (Pages, "_grown", 2), (Pages, "write", 2)],
)
def test_a_prompt_that_does_not_fit_leaves_nothing(
    checkpoint: Checkpoint, noise: MakeImage, error: Exception, owner: type, name: str, after: int
) -> None:
    model = Model(checkpoint)
    messages = [Message("user", (noise(140, 112), "what is it?"))]
    expected = model.generate(messages, max_new_tokens=8).token_ids
    longer = [Message("user", (noise(112, 140, 1), "and this? " * 170))]
    with pytest.MonkeyPatch.context() as patch:
        failing = Failing(patch, owner, name, error, after)
        with pytest.raises(OutOfMemory, match="cpu has too little memory left for this prompt: give fewer") as caught:
            model.generate(longer)
        error.__traceback__ = None  # ours: the parametrised error outlives the call
        assert reachable(caught.value) == []
        assert caught.value.__context__ is None
        assert failing.kept
        gc.collect()
        assert failing.alive() == 0
    assert model._engine.capacity == 0
    assert model.generate(messages, max_new_tokens=8).token_ids == expected


@pytest.mark.parametrize(("owner", "name"), [(Qwen2_5_VL, "load_state_dict"), (Fused, "__init__")])
def test_weights_that_do_not_fit_leave_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    before: list[weakref.ref[torch.nn.Module]] = []
    build = Qwen2_5_VL.__init__

    def noted(self: Qwen2_5_VL, *values: Any) -> None:
        build(self, *values)
        before.append(weakref.ref(self))

    monkeypatch.setattr(Qwen2_5_VL, "__init__", noted)
    error = torch.OutOfMemoryError("no")
    Failing(monkeypatch, owner, name, error, after=2 if owner is Fused else 1)
    with pytest.raises(OutOfMemory, match=r"the weights in .* need 0\.0 GB, more than cpu has free") as caught:
        open_checkpoint(folder, device="cpu")
    error.__traceback__ = None
    assert caught.value.__context__ is None
    assert reachable(caught.value) == []
    gc.collect()
    assert before
    assert [network() for network in before if network() is not None] == []


def test_other_errors_pass(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    Failing(monkeypatch, DecoderLayer, "forward", RuntimeError("shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="shapes"):
        Model(checkpoint).generate([Message("user", ("x",))])


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (torch.OutOfMemoryError("CUDA out of memory."), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 5 GB)"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (MemoryError(), True),
        (RuntimeError("expected scalar type Float"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_what_counts_as_too_little_memory(error: Exception, is_one: bool) -> None:
    assert is_out_of_memory(error) is is_one
