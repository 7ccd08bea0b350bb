"""Of a path only the folder's own name says what a checkpoint is; of a hub id both parts do."""

from pathlib import Path

import pytest

from handeye.agent.prompts.catalog import UnsupportedCheckpoint, choose_profile
from handeye.agent.prompts.checkpoint_name import checkpoint_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("HelloKKMe/GTA1-32B", "hellokkme/gta1-32b"),
        ("hf.co/HelloKKMe/GTA1-32B", "hellokkme/gta1-32b"),
        ("https://huggingface.co/HelloKKMe/GTA1-32B", "hellokkme/gta1-32b"),
        ("hf.co/mradermacher/UI-TARS-1.5-7B-GGUF:Q4_K_M", "mradermacher/ui-tars-1.5-7b-gguf-q4_k_m"),
        ("fara-7b", "fara-7b"),
        ("fara:7b", "fara-7b"),
        ("fara:latest", "fara"),
        ("someone/ui-venus-ground:72b", "someone/ui-venus-ground-72b"),
        ("/tmp/fara-7b/my-qwen2.5-vl-7b", "my-qwen2.5-vl-7b"),
        ("/tmp/fara-7b/my-qwen2.5-vl-7b/", "my-qwen2.5-vl-7b"),
        ("./fara-7b/my-model", "my-model"),
        ("~/fara-7b/my-model", "my-model"),
        ("runs/fara-7b/my-model", "my-model"),
        ("./my-model", "my-model"),
        (r"C:\fara-7b\My-Model", "my-model"),
        ("C:/fara-7b/My-Model/", "my-model"),
        ("C:/My-Model", "my-model"),
        (r"fara-7b\My-Model", "my-model"),
        (r"\\server\fara-7b\My-Model", "my-model"),
        ("/c/hub/models--ByteDance-Seed--UI-TARS-1.5-7B/snapshots/683d0", "bytedance-seed/ui-tars-1.5-7b"),
        (r"C:\hub\models--microsoft--Fara-7B\snapshots\683d0", "microsoft/fara-7b"),
        (" Fara-7B ", "fara-7b"),
        ("x" * 5000, "x" * 5000),
        ("x\0y", "x\0y"),
        ("/", ""),
        ("", ""),
    ],
)
def test_the_part_that_says_what_it_is(given: str, name: str) -> None:
    assert checkpoint_name(given) == name


def test_a_folder_is_told_from_a_hub_id_by_being_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert checkpoint_name("fara-7b/other") == "fara-7b/other"
    (tmp_path / "fara-7b" / "other").mkdir(parents=True)
    assert checkpoint_name("fara-7b/other") == "other"
    monkeypatch.chdir("fara-7b")
    assert checkpoint_name(".") == "fara-7b" and checkpoint_name("..") == tmp_path.name.lower()


@pytest.mark.parametrize(
    ("names", "profile"),
    [
        (("/tmp/fara-7b/my-qwen2.5-vl-7b",), "qwen2.5-vl"),
        (("/data/gui-r1-exp/Qwen2.5-VL-7B-Instruct",), "qwen2.5-vl"),
        (("/srv/gui-actor/Qwen2.5-VL-7B-Instruct",), "qwen2.5-vl"),
        ((r"D:\gui-r1\UI-TARS-1.5-7B",), "ui-tars-1.5"),
        (("ui-venus-ground:72b",), "ui-venus-ground-72b"),
        (("opencua:72b",), "opencua-72b"),
        (("fara:7b",), "fara"),
        (("fara:latest",), "fara"),
        (("jedi:7b",), "jedi"),
        (("qwen2.5vl:7b",), "qwen2.5-vl"),
        (("gta1:72b",), "gta1"),
        (("/runs/fara-7b/checkpoint-300", "/exp/gui-r1/UI-TARS-1.5-7B"), "ui-tars-1.5"),
        (("/runs/fara-7b/checkpoint-300", "microsoft/Fara-7B"), "fara"),
    ],
)
def test_folders_above_a_checkpoint_choose_nothing(names: tuple[str, ...], profile: str) -> None:
    chosen = choose_profile(*names)
    assert (chosen.profile.name, chosen.notice) == (profile, "")


@pytest.mark.parametrize("names", [("/models/GUI-Actor-7B",), ("/m/checkpoint-300", "microsoft/GUI-Actor-7B")])
def test_what_is_refused_is_so_by_its_own_name(names: tuple[str, ...]) -> None:
    with pytest.raises(UnsupportedCheckpoint, match="GUI-Actor answers with an attention"):
        choose_profile(*names)
