"""Where the name of an adapter leads."""

from pathlib import Path

import huggingface_hub
import pytest

from handeye.model.adapters.find import find_adapter
from handeye.model.checkpoint import open_checkpoint
from handeye.model.errors import UnknownModel
from handeye.model.files.adapter import named_base
from tests.model.adapters.folders import write_adapter

COMMIT = "0" * 40


@pytest.fixture
def cache(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub without a network: acme/lora, and the model that it was trained on."""
    from huggingface_hub import constants

    for name in ("lora", "base"):
        repository = tmp_path / "cache" / f"models--acme--{name}"
        (repository / "refs").mkdir(parents=True)
        (repository / "refs" / "v1").write_text(COMMIT)
        snapshot = repository / "snapshots" / COMMIT
        if name == "lora":
            (repository / "refs" / "main").write_text(COMMIT)
            write_adapter(snapshot, layers=["lm_head"], base_model_name_or_path="acme/base", revision="v1")
        else:
            snapshot.mkdir(parents=True)
            for path in folder.iterdir():
                (snapshot / path.name).symlink_to(path)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_what_was_downloaded_is_found_without_a_network(cache: Path, folder: Path) -> None:
    assert find_adapter("acme/lora") == find_adapter("acme/lora@v1")
    opened = open_checkpoint("acme/lora", device="cpu")
    assert (opened.name, opened.config.origins) == ("acme/lora", ("acme/base@v1",))
    beside = open_checkpoint(folder, device="cpu", adapters=[])
    assert not opened.network.lm_head.weight.equal(beside.network.lm_head.weight)
    with pytest.raises(UnknownModel, match="acme/other is not a folder, was not downloaded before"):
        find_adapter("acme/other")
    with pytest.raises(UnknownModel, match=r"acme/base@v1 has no adapter_config\.json: it is not a LoRA adapter"):
        find_adapter("acme/base@v1")


def test_only_the_adapter_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def snapshot_download(name: str, **options: object) -> str:
        patterns = options["allow_patterns"]
        assert isinstance(patterns, list)
        asked.append(patterns)
        write_adapter(tmp_path / name.partition("/")[2], layers=["lm_head"])
        return str(tmp_path / name.partition("/")[2])

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    assert find_adapter("acme/lora@v2") == tmp_path / "lora"
    assert asked == [["adapter_config.json", "adapter_model.safetensors"]]


def test_names_of_no_adapter(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UnknownModel, match=r"has no adapter_config\.json: give the folder of a LoRA adapter"):
        find_adapter(folder)
    for name in (tmp_path / "none", "handeye-tiny", "./a/b"):
        with pytest.raises(UnknownModel, match="is not the folder of an adapter, nor an id"):
            find_adapter(name)


@pytest.mark.parametrize(
    ("base", "revision", "expected"),
    [
        ("acme/base", "v1", "acme/base@v1"),
        ("acme/base", None, "acme/base"),
        ("acme/base@v2", "v1", "acme/base@v2"),
        ("/home/me/base", "v1", "/home/me/base"),
        ("./base", "v1", "./base"),
        (" ", None, None),
        (None, None, None),
        (5, None, None),
    ],
)
def test_what_an_adapter_names(tmp_path: Path, base: object, revision: object, expected: str | None) -> None:
    write_adapter(tmp_path, layers=["lm_head"], base_model_name_or_path=base, revision=revision)
    assert named_base(tmp_path) == expected
