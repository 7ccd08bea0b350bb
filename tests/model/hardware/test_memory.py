"""After an error nothing of the failed step is kept: neither its tensors, nor what the next step cannot use."""

import errno
import gc
import json
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.model.adapters.adapter import Adapter
from handeye.model.adapters.kept import Adapted
from handeye.model.adapters.read import LowRank
from handeye.model.adapters.settings import LoraSettings
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.text import DecoderLayer
from handeye.model.architecture.vision import VisionTransformer
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.engine.pages import Pages
from handeye.model.errors import OutOfMemory
from handeye.model.hardware.memory import is_out_of_memory
from handeye.model.quantised.at_load import Float8Linear
from handeye.model.runtime import Model
from handeye.model.weights.together import Together
from tests.model.adapters.folders import LAYERS, write_adapter
from tests.model.random_checkpoint import write_checkpoint

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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(("owner", "name"), [(Qwen2_5_VL, "load_state_dict"), (Together, "part")])
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
    Failing(monkeypatch, owner, name, error, after=2 if owner is Together else 1)
    with pytest.raises(OutOfMemory, match=r"the weights in .* need 0\.0 GB, more than cpu has free") as caught:
        open_checkpoint(folder, device="cpu")
    error.__traceback__ = None
    assert caught.value.__context__ is None
    assert reachable(caught.value) == []
    gc.collect()
    assert before
    assert [network() for network in before if network() is not None] == []


def living() -> int:
    """Return how many tensors live."""
    gc.collect()
    return sum(type(each) in (torch.Tensor, torch.nn.Parameter) for each in gc.get_objects())


@pytest.mark.parametrize(
    ("owner", "name", "after", "options", "message"),
    [
        (LoraSettings, "scale", 2, {}, "the adapter in .*first needs more memory than cpu has free: leave it out"),
        (LoraSettings, "scale", len(LAYERS) + 2, {}, "the adapter in .*second needs more memory than cpu has free"),
        (LowRank, "delta", 3, {}, r"the weights in .* need 0\.0 GB, more than cpu has free"),
        (
            Adapted,
            "add",
            len(LAYERS) + 2,
            {"merge_adapters": False},
            "the adapter .*second needs more memory than cpu has free beside the model: leave it out, or free memory",
        ),
        (Adapted, "add", 2, {"dtype": "fp8"}, "the adapter .* needs more memory than cpu has free beside the model"),
        (Float8Linear, "quantise", 3, {"dtype": "fp8"}, r"the weights in .* need 0\.0 GB, more than cpu has free"),
        (LoraSettings, "read", 1, {}, "the model needs more memory than there is: use a smaller model"),
    ],
)
@pytest.mark.slow
def test_adapters_and_fp8_that_do_not_fit_leave_nothing(
    folder: Path, tmp_path: Path, owner: type, name: str, after: int, options: dict[str, Any], message: str
) -> None:
    write_adapter(tmp_path / "first")
    write_adapter(tmp_path / "second", seed=2)
    both = [Adapter(str(tmp_path / "first")), Adapter(str(tmp_path / "second"), 0.5)]
    open_checkpoint(folder, device="cpu", adapters=both, **options)  # whatever is made once
    before, error = living(), torch.OutOfMemoryError("no")
    with pytest.MonkeyPatch.context() as patch:
        Failing(patch, owner, name, error, after)
        with pytest.raises(OutOfMemory, match=message) as caught:
            open_checkpoint(folder, device="cpu", adapters=both, **options)
    error.__traceback__ = None
    assert caught.value.__context__ is None
    assert "\n" not in str(caught.value)
    assert living() <= before
    open_checkpoint(folder, device="cpu", adapters=both, **options)


FULL = """
import json, os, resource, sys
from handeye.actions.errors import HandeyeError
from handeye.model.runtime import load_model

def opened(name, **options):
    try:
        load_model(name, device="cpu", **options)
    except HandeyeError as error:
        return [type(error).__name__, str(error)]
    return []

folder, large, adapter, packed = sys.argv[1:]
opened(folder)  # what is imported, and the threads
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * os.sysconf("SC_PAGE_SIZE") + 2**28
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
print(json.dumps([opened(large), opened(folder, adapters=[adapter]), opened(packed)]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process")
def test_files_that_cannot_be_mapped(folder: Path, tmp_path: Path) -> None:
    """The system itself has no memory for them, which is no fault of the files."""
    large, adapter, packed = tmp_path / "large", tmp_path / "adapter", tmp_path / "large.gguf"
    write_checkpoint(large)
    write_adapter(adapter)
    packed.write_bytes(b"GGUF")
    for file in (large / "model.safetensors", adapter / "adapter_model.safetensors", packed):
        with file.open("r+b") as opened:
            opened.truncate(2**32)  # takes no room on the disk
    names = [folder, large, adapter, packed]
    done = subprocess.run(
        [sys.executable, "-c", FULL, *map(str, names)], capture_output=True, text=True, check=True, timeout=600
    )
    said = json.loads(done.stdout)
    assert [kind for kind, _ in said] == ["OutOfMemory"] * 3
    assert f"the adapter in {adapter} needs more memory" in said[1][1]


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
        (RuntimeError("unable to mmap 9 bytes from file <a.gguf>: Cannot allocate memory (12)"), True),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), False),
    ],
)
def test_what_counts_as_too_little_memory(error: Exception, is_one: bool) -> None:
    assert is_out_of_memory(error) is is_one
