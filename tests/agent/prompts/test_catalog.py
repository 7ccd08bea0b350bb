"""Which profile a checkpoint gets by its names, as far as no single family decides it."""

from pathlib import Path

import pytest

from handeye.agent.prompts.catalog import choose_profile
from handeye.model.files.origins import folder_origins
from tests.model.gguf.random_pair import write_pair


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("/models/gui-owl/UI-TARS-1.5-7B-Q4_K_M.gguf", "ui-tars-1.5"),
        ("/home/me/Qwen2.5-VL-GGUF/UI-TARS-1.5-7B.Q8_0.gguf", "ui-tars-1.5"),
        (r"C:\models\gui-owl\Qwen2.5-VL-7B-Instruct-Q4_K_M.gguf", "qwen2.5-vl"),
        ("/srv/holo1/snapshots/GUI-Owl-7B/", "gui-owl"),
        ("/models/GUI-Owl-7B/model.gguf", "gui-owl"),
        ("mradermacher/UI-TARS-1.5-7B-GGUF:Q4_K_M", "ui-tars-1.5"),
        ("Yan98/GTA1", "gta1"),
    ],
)
def test_the_last_part_of_a_path_counts_most(name: str, profile: str) -> None:
    chosen = choose_profile(name)
    assert chosen.profile.name == profile
    assert not chosen.notice


def test_a_folder_of_gguf_files_is_what_its_file_is_called(tmp_path: Path) -> None:
    folder = write_pair(tmp_path / "models").language.parent
    assert choose_profile(str(folder), *folder_origins(folder)).notice
    (folder / "Some-Model-Q4_K_M.gguf").rename(folder / "UI-TARS-1.5-7B.Q4_K_M.gguf")
    assert choose_profile(str(folder), *folder_origins(folder)).profile.name == "ui-tars-1.5"
