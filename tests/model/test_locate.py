"""Where a model's name leads."""

from pathlib import Path

import pytest

from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.errors import UnknownModel
from handeye.model.locate import CHECKPOINTS, locate


def test_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locate(folder) == folder
    assert locate(str(folder)) == folder
    monkeypatch.setenv("HOME", str(folder.parent))
    assert locate(f"~/{folder.name}") == folder


def test_a_shipped_checkpoint() -> None:
    for name in SHIPPED:
        assert locate(name) == CHECKPOINTS / name


@pytest.mark.parametrize("name", ["no-such-model", "/no/such/folder", "./no/such", "a/b/c", "", Path("a/b")])
def test_unknown_names_say_what_there_is(name: str | Path) -> None:
    with pytest.raises(UnknownModel, match=RELEASED[0].name) as caught:
        locate(name)
    assert "\n" not in str(caught.value)


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(UnknownModel, match="give the folder"):
        locate(folder / "config.json")


def test_gguf_files_of_the_hub_are_chosen_by_hand() -> None:
    with pytest.raises(UnknownModel, match=r"run hf download acme/Qwen2\.5-VL-7B-GGUF FILE MMPROJ --local-dir FOLDER"):
        locate("acme/Qwen2.5-VL-7B-GGUF@main")


def test_offline_and_never_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(UnknownModel, match="cannot be reached") as caught:
        locate("Qwen/Qwen2.5-VL-7B-Instruct")
    assert "\n" not in str(caught.value)


def test_a_name_that_the_hub_cannot_have() -> None:
    with pytest.raises(UnknownModel, match="not a folder or a model on the Hugging Face hub"):
        locate("bad name/with spaces!")


def test_a_downloaded_model_is_found_without_a_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    repository = tmp_path / "models--someone--something"
    snapshot = repository / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    assert locate("someone/something") == snapshot


def test_a_checkpoint_in_a_subfolder(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "checkpoint-500").symlink_to(folder)
    with pytest.raises(UnknownModel, match=r"has no config\.json, but subfolders of it have: give .*checkpoint-500"):
        locate(tmp_path)


@pytest.mark.parametrize("name", ["a\0b/c", "a/b\n", "x" * 5000, "~nobody-of-this-name/model"])
def test_names_that_no_model_can_have(name: str) -> None:
    with pytest.raises(UnknownModel) as caught:
        locate(name)
    assert "\n" not in str(caught.value)
