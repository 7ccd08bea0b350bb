"""Models that cannot fit are refused by what their names or their files tell, before anything is downloaded."""

import math
from pathlib import Path

import pytest
import torch

from handeye.model import checkpoint
from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import OutOfMemory
from handeye.model.hardware import room
from handeye.model.hardware.room import free_memory, named_parameters, require_room, total_memory
from handeye.model.weights.read import find_tensors
from tests.model.simulated_gpus import simulated_gpus

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("Qwen/Qwen2.5-VL-7B-Instruct", 8.29),
        ("Qwen/Qwen2.5-VL-72B-Instruct@main", 73.4),
        ("ByteDance-Seed/UI-TARS-1.5-7B", 8.29),
        ("HelloKKMe/GTA1-7B-2507", 8.29),
        ("someone/jedi-3b-1080p", 3.75),
        ("someone/model-1.5B", 1.5),
        ("someone/70B-taught-7B", 8.29),
        ("Qwen/Qwen2.5-VL-7B-Instruct-AWQ", None),
        ("RedHatAI/Qwen2.5-VL-72B-Instruct-quantized.w4a16", None),
        ("RedHatAI/Qwen2.5-VL-72B-Instruct-FP8-dynamic", None),
        ("unsloth/Qwen2.5-VL-72B-Instruct-bnb-4bit", None),
        ("mlx-community/Qwen2.5-VL-72B-Instruct-8bit", None),
        ("mradermacher/UI-TARS-1.5-7B-GGUF", None),
        ("someone/UI-TARS-72B-Q4_K_M", None),
        ("72B/handeye-tiny", None),
        ("someone/bubble7bath", None),
        ("handeye-tiny", None),
    ],
)
def test_a_name_tells_the_number_of_parameters(name: str, billions: float | None) -> None:
    assert named_parameters(name) == (billions if billions is None else pytest.approx(billions, abs=0.05))


@pytest.mark.parametrize(
    ("gigabytes", "dtype", "advice"),
    [
        (100, torch.bfloat16, "use dtype fp8"),
        (70, torch.bfloat16, "use a smaller model, such as Qwen/Qwen2.5-VL-32B-Instruct, or one behind a server"),
        (2, torch.bfloat16, "use a smaller model, such as handeye-tiny"),
        (200, torch.float32, "use dtype bfloat16"),
    ],
)
def test_what_cannot_fit_is_refused_with_advice(
    gigabytes: int, dtype: torch.dtype, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "total_memory", lambda _: gigabytes * 10**9)
    with pytest.raises(OutOfMemory) as caught:
        require_room("Qwen/Qwen2.5-VL-72B-Instruct", CPU, dtype)
    said = str(caught.value)
    assert advice in said and f"cpu has {gigabytes}.0 GB" in said and "\n" not in said
    require_room("Qwen/Qwen2.5-VL-72B-Instruct-AWQ", CPU, dtype)


def test_a_system_that_does_not_say_refuses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "total_memory", lambda _: None)
    require_room("someone/model-9999B", CPU, torch.float32)


def test_this_machine_has_memory() -> None:
    total = total_memory(CPU)
    assert total is not None and total > 2**28


def test_nothing_is_downloaded_that_cannot_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(checkpoint, "locate", looked.append)
    monkeypatch.setattr(room, "total_memory", lambda _: 16 * 10**9)
    with pytest.raises(OutOfMemory, match=r"need 16\.6 GB in bfloat16, and cpu has 16\.0 GB"):
        open_checkpoint("Qwen/Qwen2.5-VL-7B-Instruct", device="cpu")
    assert looked == []


def test_of_a_folder_the_files_tell_and_not_the_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "small-72B"
    named.symlink_to(folder)
    parameters = sum(math.prod(tensor.shape) for tensor in find_tensors(named).values())
    monkeypatch.setattr(room, "total_memory", lambda _: 4 * parameters - 1)
    with pytest.raises(OutOfMemory, match=f"the weights of {named} need"):
        open_checkpoint(named, device="cpu")
    monkeypatch.setattr(room, "total_memory", lambda _: 4 * parameters)
    open_checkpoint(named, device="cpu")


def test_the_way_out_of_a_gpu_that_is_too_small() -> None:
    name, first, second = "Qwen/Qwen2.5-VL-72B-Instruct", torch.device("cuda:0"), torch.device("cuda:1")
    with simulated_gpus(2, {"cuda:0": 80 * 10**9, "cuda:1": 80 * 10**9}):
        with pytest.raises(OutOfMemory, match=r"or spread it over several devices: device cuda:0,cuda:1,cpu$"):
            require_room(name, first, torch.bfloat16)
        require_room(name, first, torch.bfloat16, [second])
        with pytest.raises(OutOfMemory, match=r"cuda:0 and cuda:1 have 160\.0 GB: use dtype bfloat16$"):
            require_room(name, first, torch.float32, [second])


def test_the_free_memory_of_a_cpu() -> None:
    total = total_memory(CPU)
    assert total is not None and 0 < free_memory(CPU) <= total
