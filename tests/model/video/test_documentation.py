"""The page for users: its examples run, with the checkpoint in the repository, and its figures are right."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from handeye.model.runtime import load_model
from handeye.model.video.open import open_video
from handeye.model.video.sampling import MAX_TOKENS, MIN_FRAMES, MIN_TOKENS, RELEASED_CONTEXT, Budget
from handeye.model.video.source import Choice
from handeye.model.video.spans import TimeSpan
from tests.model.video.films import write_film

PAGE = (Path(__file__).parents[3] / "docs" / "video.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_examples(tmp_path: Path) -> None:
    """The small checkpoint answers nonsense, which may well be no time: `events` says so, or returns spans."""
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    write_film(tmp_path / "run.mp4", 40)
    assert len(BLOCKS) == 2
    for block in BLOCKS:
        command = [sys.executable, "-c", block]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ), timeout=300, check=False
        )
        fine = done.returncode == 0 or "UnreadableAnswer" in done.stderr.splitlines()[-1]
        assert fine and done.stdout.strip(), done.stderr


@pytest.mark.slow
def test_what_is_returned(tmp_path: Path) -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    video = open_video(write_film(tmp_path / "run.mp4", 40))
    model = load_model("handeye-tiny", device="cpu")
    assert isinstance(model.describe(video), str)
    spans = model.spans(video, 'From 0:01 to 0:03.5, and [{"start": 2, "end": 99}]')
    assert spans == [TimeSpan(2, 4)]
    assert model.spans(video, "from 00:01 to 00:03.5") == [TimeSpan(1, 3.5)]


def test_the_figures() -> None:
    choice, released = Choice(), Budget.of(3136, 12_845_056, 784, RELEASED_CONTEXT)
    for said in (
        f"{choice.fps:g} a second (`fps`), an even number, from {MIN_FRAMES} to {choice.max_frames}",
        f"{MIN_TOKENS} to {MAX_TOKENS} tokens a pair",
        f"{RELEASED_CONTEXT:,} tokens",
        f"{released.max_frames:,} frames",
        f"max_pixels={64 * 784}",
    ):
        assert said in PAGE
    assert Budget.of(3136, 64 * 784, 784, RELEASED_CONTEXT).max_frames >= 3600
