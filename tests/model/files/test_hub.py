"""Models on the hub: config.json comes first, and what is missing is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import InvalidCheckpoint, UnknownModel
from handeye.model.locate import locate
from tests.model.opencua_checkpoint import write_opencua

COMMIT = "c0ffee" + "0" * 34


class Hub:
    """Stands for the hub: puts the files that match into a cache, and remembers what was asked for."""

    def __init__(self, cache: Path, files: dict[str, bytes]) -> None:
        self.repository = cache / "models--acme--tiny"
        self.folder = self.repository / "snapshots" / COMMIT
        self.files = files
        self.asked: list[tuple[str | None, list[str]]] = []

    def snapshot_download(
        self, name: str, *, revision: str | None = None, allow_patterns: list[str], ignore_patterns: list[str]
    ) -> str:
        from huggingface_hub.utils import filter_repo_objects

        self.asked.append((revision, allow_patterns))
        self.folder.mkdir(parents=True, exist_ok=True)
        for file in filter_repo_objects(self.files, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns):
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / file).write_bytes(self.files[file])
        return str(self.folder)

    def has(self) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}


@pytest.fixture
def hub(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    served = Hub(tmp_path / "hub", {**files, "README.md": b"", "checkpoint-5/model.safetensors": b"x"})
    monkeypatch.setattr(huggingface_hub, "snapshot_download", served.snapshot_download)
    return served


def test_the_config_comes_first_and_then_the_same_commit(hub: Hub) -> None:
    assert open_checkpoint("acme/tiny", device="cpu").name == "acme/tiny"
    assert [revision for revision, _ in hub.asked] == [None, COMMIT]
    assert "config.json" in hub.asked[0][1]
    assert not any("safetensors" in pattern for pattern in hub.asked[0][1])
    assert hub.has() == {*hub.files} - {"README.md", "checkpoint-5/model.safetensors"}


def test_a_revision(hub: Hub) -> None:
    assert locate("acme/tiny@v1.5") == hub.folder
    assert hub.asked[0][0] == "v1.5"
    assert locate("acme/tiny@refs/pr/3") == hub.folder
    with pytest.raises(UnknownModel, match=r"leave out the @, or write acme/tiny@main"):
        locate("acme/tiny@")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_type": "qwen3_vl"}, "only Qwen2.5-VL checkpoints can be loaded"),
        ({"quantization_config": {"quant_method": "aqlm"}}, 'quant_method is "aqlm", which is not supported: use'),
        ({"hidden_act": "xielu"}, "hidden_act"),
        ({"num_attention_heads": 0}, "num_attention_heads is 0"),
    ],
)
def test_what_cannot_be_loaded_is_not_fetched(hub: Hub, change: dict[str, Any], reason: str) -> None:
    hub.files["config.json"] = json.dumps({**json.loads(hub.files["config.json"]), **change}).encode()
    with pytest.raises(InvalidCheckpoint, match=reason):
        locate("acme/tiny")
    assert hub.has() == {"config.json"}


def test_an_adapter_is_fetched_without_what_lies_beside_it(hub: Hub) -> None:
    hub.files = {"adapter_config.json": b"{}", "adapter_model.safetensors": b"x", "optimizer.safetensors": b"x"}
    assert locate("acme/tiny") == hub.folder
    assert [revision for revision, _ in hub.asked] == [None, COMMIT]
    assert hub.has() == {"adapter_config.json", "adapter_model.safetensors"}


def test_a_checkpoint_in_a_subfolder(hub: Hub) -> None:
    hub.files = {f"inner/{name}": content for name, content in hub.files.items()}
    with pytest.raises(
        UnknownModel, match=r"acme/tiny has no config\.json at its top: .* run hf download acme/tiny .*subfolder"
    ):
        locate("acme/tiny")
    with pytest.raises(UnknownModel, match="run hf download acme/tiny and give the path of inner in it"):
        locate("acme/tiny/inner")


def test_a_repository_without_safetensors(hub: Hub) -> None:
    hub.files = {name: content for name, content in hub.files.items() if not name.endswith(".safetensors")}
    with pytest.raises(InvalidCheckpoint, match="the download was not finished, or acme/tiny does not have it"):
        open_checkpoint("acme/tiny", device="cpu")


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "config.json", "preprocessor_config.json"])
@pytest.mark.parametrize("begun", [True, False])
def test_a_download_that_was_interrupted(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str, begun: bool
) -> None:
    from huggingface_hub import constants

    repository = tmp_path / "models--acme--tiny"
    snapshot = repository / "snapshots" / COMMIT
    shutil.copytree(folder, snapshot)
    (snapshot / missing).unlink()
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    (repository / "blobs").mkdir()
    if begun:
        (repository / "blobs" / "0123.incomplete").write_bytes(b"half")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    for name in ("acme/tiny", str(snapshot)):
        with pytest.raises((InvalidCheckpoint, UnknownModel), match="the download was not finished") as caught:
            open_checkpoint(name, device="cpu")
        assert "run hf download acme/tiny while online" in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_shard_that_was_not_downloaded(tmp_path: Path, write: Callable[..., Path]) -> None:
    snapshot = write(tmp_path / "models--acme--tiny" / "snapshots" / COMMIT, shards=3)
    (snapshot / "model-00002-of-00003.safetensors").unlink()
    with pytest.raises(InvalidCheckpoint, match=r"model-00002-of-00003\.safetensors is missing: the download was not"):
        open_checkpoint(snapshot, device="cpu")


def test_a_revision_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import errors

    def refuse(*values: object, **options: object) -> str:
        raise errors.RevisionNotFoundError.__new__(errors.RevisionNotFoundError)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(UnknownModel, match="acme/tiny has no revision v9 on the Hugging Face hub"):
        locate("acme/tiny@v9")


def test_a_vocabulary_of_ranks_is_fetched(hub: Hub, tmp_path: Path) -> None:
    written = write_opencua(tmp_path / "opencua")
    hub.files = {path.name: path.read_bytes() for path in written.iterdir()} | {"modeling_opencua.py": b"raise"}
    assert open_checkpoint("acme/tiny@main", device="cpu").config.axes == 1
    assert hub.has() == {*hub.files} - {"modeling_opencua.py"}
