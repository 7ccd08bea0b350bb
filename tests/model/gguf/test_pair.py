"""Which files make up a checkpoint, and what is said where they do not."""

from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFWriter

from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import InvalidCheckpoint, UnknownModel
from handeye.model.files.origins import folder_origins
from handeye.model.gguf.pair import Pair, find_pair
from tests.model.gguf.llama_cpp import finish


def made(path: Path, architecture: str = "qwen2vl", kind: str = "model", name: str = "UI TARS 1.5 7B") -> Path:
    writer = GGUFWriter(None, architecture)
    writer.add_type(kind)
    writer.add_name(name)
    writer.add_tensor("t", np.zeros(4, dtype=np.float32))
    finish(writer, path)
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return made(tmp_path / "UI-TARS-1.5-7B.Q4_K_M.gguf")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    return made(tmp_path / "UI-TARS-1.5-7B.mmproj-f16.gguf", "clip", "mmproj")


def refused(path: Path, words: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=words) as caught:
        find_pair(path)
    assert "\n" not in str(caught.value)


def test_a_folder_and_a_file(model: Path, images: Path) -> None:
    assert find_pair(model.parent) == find_pair(model) == Pair((model,), images)


def test_what_is_no_pair(tmp_path: Path, model: Path) -> None:
    (tmp_path / "other").mkdir()
    assert find_pair(tmp_path / "other") is None
    assert find_pair(tmp_path / "none.gguf") is None
    (tmp_path / "model.safetensors").touch()
    assert find_pair(tmp_path) is None


def test_one_of_the_two_is_missing(model: Path, images: Path) -> None:
    model.rename(model.with_suffix(".part"))
    refused(model.parent, r"holds no language model of Qwen2\.5-VL, only UI-TARS-1\.5-7B\.mmproj-f16\.gguf")
    refused(images, "is only the vision part of a model: give the file of the language model")
    model.with_suffix(".part").rename(model)
    images.unlink()
    for path in (model, model.parent):
        refused(path, r"Q4_K_M\.gguf needs the vision part of its model, a file like mmproj-F16\.gguf, beside it")


def test_several_of_one_kind(model: Path, images: Path) -> None:
    other = made(model.with_name("UI-TARS-1.5-7B.Q8_0.gguf"))
    refused(model.parent, r"holds 2 language models: give one of UI-TARS-1\.5-7B\.Q4_K_M\.gguf, UI-TARS.*Q8_0\.gguf")
    assert find_pair(other) == Pair((other,), images)
    made(images.with_name("mmproj-BF16.gguf"), "clip", "mmproj")
    refused(model, r"holds 2 vision parts, UI-TARS-1\.5-7B\.mmproj-f16\.gguf, mmproj-BF16\.gguf: leave only one there")


@pytest.mark.parametrize(
    ("architecture", "kind", "words"),
    [
        ("qwen2", "model", "is a model of architecture 'qwen2', and only Qwen2.5-VL can be loaded"),
        ("qwen3vl", "model", "architecture 'qwen3vl'"),
        ("qwen25vl", "model", "was made by Ollama"),
        ("qwen2vl", "adapter", "is a LoRA adapter: merge it into its model before it is converted"),
    ],
)
def test_other_files(tmp_path: Path, images: Path, architecture: str, kind: str, words: str) -> None:
    file = made(tmp_path / "a.gguf", architecture, kind)
    refused(file, words)
    refused(tmp_path, "holds no language model")


def test_a_model_in_parts(tmp_path: Path, images: Path) -> None:
    parts = [made(tmp_path / f"Model-Q8_0-{number:05}-of-00003.gguf") for number in (1, 2, 3)]
    for path in (tmp_path, *parts):
        assert find_pair(path) == Pair(tuple(parts), images)
    parts[1].unlink()
    for path in (tmp_path, parts[2]):
        refused(path, r"is one of 3 parts, and not all are there: download Model-Q8_0-00002-of-00003\.gguf")


@pytest.mark.parametrize("count", ["00000", "99999"])
def test_parts_that_cannot_be(tmp_path: Path, images: Path, count: str) -> None:
    file = made(tmp_path / f"Model-00001-of-{count}.gguf")
    refused(file, "is called one of .* parts: give it the name")


def test_a_damaged_file_beside_is_named(model: Path) -> None:
    (model.parent / "mmproj.gguf").write_bytes(b"<html>")
    refused(model, r"mmproj\.gguf is not a GGUF file")


def test_the_names_of_the_model(model: Path, images: Path) -> None:
    """They choose a profile, also before the weights are read."""
    names = ("UI-TARS-1.5-7B.Q4_K_M", "UI-TARS-1.5-7B")
    assert folder_origins(model) == folder_origins(model.parent) == names
    images.unlink()
    assert folder_origins(model) == ()


def test_other_names_of_files(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UnknownModel, match="is a file: give the folder of the checkpoint, or a GGUF file"):
        open_checkpoint(folder / "config.json", device="cpu")
    (tmp_path / "renamed.gguf").write_bytes((folder / "model.safetensors").read_bytes())
    with pytest.raises(InvalidCheckpoint, match=r"renamed\.gguf is not a GGUF file"):
        open_checkpoint(tmp_path / "renamed.gguf", device="cpu")
