"""Which profile a checkpoint gets by its names, as far as no single family decides it."""

import pytest

from handeye.agent.prompts.catalog import choose_profile


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
