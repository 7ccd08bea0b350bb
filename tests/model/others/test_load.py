"""What is refused of a folder, and why."""

import gc
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file

from handeye.actions.errors import MissingDependency
from handeye.model.errors import (
    InvalidCheckpoint,
    InvalidPlacement,
    OutOfMemory,
    UnknownDevice,
    UnknownModel,
    UnsupportedAttention,
    UnsupportedDtype,
)
from handeye.model.hardware import device
from handeye.model.others.load import load_transformers
from handeye.model.others.model import TransformersModel
from handeye.model.runtime import load_model

Change = Callable[[Path], None]


def config(**fields: Any) -> Change:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))

    return change


@pytest.mark.parametrize("device", ["cuda:0,cpu", "cuda:0=3"])
def test_several_devices_are_refused(device: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidPlacement, match="with transformers a model runs on one device, not on"):
        load_transformers(tmp_path, device=device)


def without(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def drop_a_tensor(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    weights.pop("model.language_model.norm.weight")
    save_file(weights, folder / "model.safetensors")


def leave_the_folder(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "../model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))


def cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def pickled(folder: Path) -> None:
    torch.save({}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (config(model_type="nothing_known"), "is of type 'nothing_known', which this version of transformers does not"),
        (config(model_type=None), "is of type None"),
        (config(model_type="own", auto_map={"AutoConfig": "own.Own"}), "needs code of its own.*handeye never runs"),
        (config(model_type="llama"), "is of type llama, which does not answer images with text"),
        (without("tokenizer.json"), "cannot be loaded with transformers"),
        (without("preprocessor_config.json"), "cannot be loaded with transformers"),
        (drop_a_tensor, "1 are missing, such as model.language_model.norm.weight"),
        (leave_the_folder, "names files outside its folder"),
        (cut, "is damaged or truncated"),
        (pickled, "weights in other formats, which may hold programs, are not read"),
        (without("config.json"), "config.json"),
    ],
)
def test_a_broken_folder(change: Change, message: str, qwen3_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(qwen3_folder, folder)
    change(folder)
    with pytest.raises((InvalidCheckpoint, UnknownModel), match=message) as raised:
        load_transformers(folder, device="cpu")
    assert "\n" not in str(raised.value)


def test_handeyes_own_network_names_the_way_out(qwen3_folder: Path) -> None:
    with pytest.raises(InvalidCheckpoint, match="--backend transformers, or load_transformers, loads others"):
        load_model(qwen3_folder, device="cpu")


def test_names_and_options(qwen3_folder: Path) -> None:
    with pytest.raises(UnknownModel):
        load_transformers("no/such/model", device="cpu")
    with pytest.raises(UnknownDevice):
        load_transformers(qwen3_folder, device="tpu")
    with pytest.raises(UnsupportedDtype):
        load_transformers(qwen3_folder, device="cpu", dtype="float16")
    with pytest.raises(UnsupportedAttention, match="on a GPU in bfloat16 alone"):
        load_transformers(qwen3_folder, device="cpu", attention="flash")
    with pytest.raises(ValueError, match="sdpa or flash"):
        load_transformers(qwen3_folder, device="cpu", attention="eager")  # type: ignore[arg-type]


@pytest.mark.slow
def test_bfloat16_and_sdpa(qwen3_folder: Path, qwen3: TransformersModel) -> None:
    model = load_transformers(qwen3_folder, device="cpu", dtype="bfloat16")
    assert (model.dtype, qwen3.dtype) == (torch.bfloat16, torch.float32)
    assert model._loaded.network.config._attn_implementation == "sdpa"
    assert model.ask([], "Where?") is not None


def networks() -> int:
    """Return how many networks live."""
    gc.collect()
    return sum(issubclass(type(each), transformers.PreTrainedModel) for each in gc.get_objects())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("to", "the weights in .* need more memory than cpu has free: use a smaller model"),
        ("from_pretrained", "the weights in .* need more memory than cpu has free"),
    ],
)
@pytest.mark.slow
def test_too_little_memory_leaves_nothing(
    name: str, said: str, qwen3_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_transformers(qwen3_folder, device="cpu")  # whatever is made once
    known = networks()

    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(transformers.PreTrainedModel, name, full)
    with pytest.raises(OutOfMemory, match=said) as caught:
        load_transformers(qwen3_folder, device="cpu")
    assert caught.value.__context__ is None
    assert networks() <= known


def test_too_little_memory_is_no_fault_of_the_files(qwen3_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(transformers.AutoProcessor, "from_pretrained", full)
    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", full)
    with pytest.raises(OutOfMemory, match="the model needs more memory than there is: use a smaller model"):
        load_transformers(qwen3_folder, device="cpu")


@pytest.mark.parametrize("fast", [True, False])
def test_a_large_model_is_in_bfloat16_where_the_cpu_has_it(
    qwen3_folder: Path, monkeypatch: pytest.MonkeyPatch, *, fast: bool
) -> None:
    monkeypatch.setattr(device, "_SMALL", 1)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: fast)
    assert load_transformers(qwen3_folder, device="cpu").dtype is (torch.bfloat16 if fast else torch.float32)


def test_transformers_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingDependency, match=r'needs transformers: pip install "handeye\[transformers\]"'):
        load_transformers("a/b", device="cpu")
