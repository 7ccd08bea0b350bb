"""Loading needs no more memory than the packed weights, and a tenth of that."""

import gc
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor
from torch.autograd.profiler import profile

from handeye.model import checkpoint
from handeye.model.checkpoint import open_checkpoint
from handeye.model.quantised import at_load
from handeye.model.weights import shard
from handeye.model.weights.read import find_tensors
from tests.model.quantised.packed_checkpoint import FORMS, WIDE, is_packed, write_packed


def beside(profiler: profile, mapped: int = 0) -> int:
    """Return by how many bytes the most that was allocated at a time exceeds what stayed.

    `mapped` is the size of the file, which is mapped as a whole: that takes no memory.
    """
    assert profiler.kineto_results is not None
    events = [each for each in profiler.kineto_results.events() if each.name() == "[memory]"]
    sizes = [each.nbytes() for each in sorted(events, key=lambda each: each.start_ns())]
    alive = [*accumulate(size for size in sizes if abs(size) != mapped)]
    return max(alive) - alive[-1]


def test_the_counter_counts() -> None:
    with profile(profile_memory=True) as profiler:
        one = torch.ones(100_000)
        two = one + 1
        view = one.view(1000, 100)[2:]
        del one, view
        three = two + 1
        del three
    assert 400_000 <= beside(profiler) < 401_000


class Copied:
    """Reads a file as a GPU does: each tensor is a copy, where a CPU shows a part of the file."""

    def __init__(self, *values: Any, **options: Any) -> None:
        self._shard = safe_open(*values, **options)

    def __enter__(self) -> "Copied":
        self._shard.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self._shard.__exit__(*problem)

    def get_tensor(self, name: str) -> Tensor:
        return self._shard.get_tensor(name).clone()

    def get_slice(self, name: str) -> "CopiedSlice":
        return CopiedSlice(self._shard.get_slice(name))


class CopiedSlice:
    def __init__(self, stored: Any) -> None:
        self._stored = stored

    def __getitem__(self, rows: slice) -> Tensor:
        found: Tensor = self._stored[rows]
        return found.clone()


def held(folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> tuple[int, int]:
    """Load a checkpoint; return the bytes of its weights, and the most that was needed beside those at a time."""
    stored = find_tensors(folder)
    monkeypatch.setattr(checkpoint, "find_tensors", lambda _: stored)  # reads headers only
    monkeypatch.setattr(shard, "safe_open", Copied)
    gc.collect()  # nothing of before is to be freed meanwhile
    with profile(profile_memory=True) as profiler:
        network = open_checkpoint(folder, device="cpu", **options).network
    return sum(tensor.nbytes for tensor in network.state_dict().values()), beside(
        profiler, (folder / "model.safetensors").stat().st_size
    )


@pytest.mark.parametrize("form", ["fp8", "w4a16-asymmetric", "awq", "gptq-act-order", "nf4-double", "int8"])
@pytest.mark.slow
def test_loading_a_quantised_checkpoint(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, dense = write_packed(tmp_path, FORMS[form], **WIDE)
    stored = sum(tensor.nbytes for tensor in load_file(packed / "model.safetensors").values())
    size, most = held(packed, monkeypatch)
    assert size == stored < 0.8 * (dense / "model.safetensors").stat().st_size
    assert most <= 0.1 * size


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["fp8", "int8"])
def test_making_eight_bits_at_load(dtype: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are as small beside this network as the real ones are beside the 3B, of 2.8e9 numbers."""
    _, dense = write_packed(tmp_path, FORMS["fp8"], **WIDE)
    weights = load_file(dense / "model.safetensors")
    numbers = sum(tensor.numel() for name, tensor in weights.items() if is_packed(name))
    monkeypatch.setattr("handeye.model.quantised.at_load._BLOCK", int(numbers * at_load._BLOCK / 2.8e9))
    size, most = held(dense, monkeypatch, dtype=dtype)
    assert most <= 0.1 * size
