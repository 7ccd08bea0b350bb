"""`handeye ask` with the checkpoint in the repository, which answers nonsense: what it prints, and what it refuses."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Terminate
from handeye.agent.cli.app import app
from handeye.agent.errors import InvalidTask, InvalidTrajectory
from handeye.agent.loop import run_episode
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.errors import InvalidOption
from handeye.environments.scripted import ScriptedEnvironment
from handeye.model.errors import EmptyVideo, InvalidVideo
from tests.model.gguf.random_pair import fields_of, write_pair
from tests.model.random_checkpoint import build_tokenizer
from tests.model.video.films import write_film

SCRIPT = [Click(point=Point(50, 30)), Click(point=Point(50, 30)), Terminate(status="success")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with frames, an episode and an image, in which the user is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HANDEYE_MODEL", "handeye-tiny")
    screens = [Image.new("RGB", (160, 120), (level, level, level)) for level in (0, 90, 250)]
    (tmp_path / "frames").mkdir()
    for number, screen in enumerate(screens):
        screen.save(tmp_path / f"frames/{number}.png")
    screens[0].save(tmp_path / "a.png")
    run_episode("T", ScriptedEnvironment(screens), ScriptedPolicy(SCRIPT), journal=tmp_path / "runs/a")
    return tmp_path


@pytest.mark.parametrize(
    "arguments", [["--video", "frames"], ["runs/a"], ["a.png", "runs/a", "--video", "frames", "--video", "frames"]]
)
def test_it_answers(arguments: Sequence[str], folder: Path) -> None:
    done = CliRunner().invoke(app, ["ask", *arguments, "when is it bright?"])
    assert done.exit_code == 0, done.exception
    assert done.output.strip()


def test_a_file(folder: Path) -> None:
    pytest.importorskip("av", reason="needs PyAV: pip install av")
    write_film(folder / "run.mp4", 40)
    done = CliRunner().invoke(app, ["ask", "--video", "run.mp4", "--from", "0:01", "when is it bright?"])
    assert done.exit_code == 0, done.exception
    for time in re.findall(r"^(\d+\.\d) s$", done.output, re.MULTILINE):
        assert 1 <= float(time) <= 4


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        (["what?"], InvalidOption, "nothing to ask about: give an image, the folder of an episode, or --video PATH"),
        (["a.png", " "], InvalidTask, "the question is empty"),
        (["frames", "what?"], InvalidOption, "frames holds no episode: give --video for a folder of frames"),
        (["--video", "runs", "what?"], EmptyVideo, "runs has no frames"),
        (["--video", "none.mp4", "what?"], HandeyeError, ""),
        (["--video", "frames", "--from", "soon", "what?"], InvalidOption, "'soon' is not a time"),
        (["--video", "frames", "--from", "3", "--to", "2", "what?"], InvalidOption, "end must be after start"),
        (["--video", "frames", "--fps", "0", "what?"], InvalidOption, "fps must be above 0"),
        (["--video", "frames", "--max-frames", "1", "what?"], InvalidOption, "max_frames must be at least 2"),
        (["--video", "frames", "--from", "1:00", "what?"], InvalidVideo, "frames lasts 1.5 s: it has no frame at 60"),
        (["runs/b", "what?"], HandeyeError, "runs/b"),
    ],
)
def test_it_says_what_is_wrong(arguments: Sequence[str], error: type[Exception], says: str, folder: Path) -> None:
    done = CliRunner().invoke(app, ["ask", *arguments])
    assert isinstance(done.exception, error), done.exception
    assert says in str(done.exception) and "\n" not in str(done.exception)


def test_an_episode_that_cannot_be_read(folder: Path) -> None:
    (folder / "runs/a/journal.jsonl").write_text("{}\n")
    done = CliRunner().invoke(app, ["ask", "runs/a", "what?"])
    assert isinstance(done.exception, InvalidTrajectory)


@pytest.mark.slow
def test_progress_is_not_part_of_the_answer(folder: Path) -> None:
    command = [sys.executable, "-m", "handeye", "ask", "--video", "frames", "what?"]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), timeout=300)
    assert done.returncode == 0 and done.stdout.strip() and done.stderr == ""


def test_a_gguf_file(folder: Path) -> None:
    """With the vision part beside it. Random weights write until their context is full, here after a few tokens."""
    fields = fields_of(build_tokenizer()) | {"max_position_embeddings": 110}
    files = write_pair(folder / "models", fields=fields)
    done = CliRunner().invoke(app, ["ask", "a.png", "--model", str(files.language), "what is this?"])
    assert done.exit_code == 0, done.exception
    files.vision.unlink()
    done = CliRunner().invoke(app, ["ask", "a.png", "--model", str(files.language), "what is this?"])
    assert "needs the vision part of its model" in str(done.exception)
