"""`handeye run` and `handeye resume` in processes of their own: a real model in a real browser."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil
import pytest

from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.outcome import StopReason

pytestmark = pytest.mark.slow

PAGE = "<!doctype html><title>A page</title><button style='margin:40px; font-size:20px'>Click Me!</button>"
MODEL = os.environ.get("HANDEYE_MODEL", "handeye-tiny")
ENDED = {0, 1, 3}
"""Which of these it is depends on what the model makes of the page."""


@pytest.fixture
def url(site: Callable[[Mapping[str, str]], str]) -> str:
    """The address of the page."""
    return site({"/": PAGE})


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "handeye", *arguments]


def handeye(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300
    )


def begin(url: str, *more: str) -> list[str]:
    """Return the arguments of a run on the page that is kept in the folder "e"."""
    common = [
        "--url",
        url,
        "--viewport",
        "320x240",
        "--scale",
        "1.5",
        "--model",
        MODEL,
        "--device",
        "cpu",
        "--out",
        "e",
    ]
    return ["run", "Click the button.", *common, *more]


def test_an_episode_is_shown_and_kept(tmp_path: Path, url: str) -> None:
    done = handeye(*begin(url, "--max-steps", "1"), cwd=tmp_path)
    assert done.returncode in ENDED, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("  1  ")
    assert any("tokens at" in line for line in lines)
    assert f"page: {tmp_path / 'e' / 'index.html'}" in lines
    assert "\x1b" not in done.stdout
    kept = read_trajectory(tmp_path / "e")
    assert len(kept.steps) == 1
    assert kept.steps[0].observation.size == (480, 360)
    assert kept.meta.settings["environment"]["url"] == url
    shown = handeye("show", "e", cwd=tmp_path)
    assert shown.stdout == f"{tmp_path / 'e' / 'index.html'}\n"


def test_an_episode_that_ran_into_a_limit_goes_on(tmp_path: Path, url: str) -> None:
    done = handeye(*begin(url, "--max-steps", "0"), cwd=tmp_path)
    assert done.returncode == 3
    assert "to continue: handeye resume e --max-steps ..." in done.stdout
    assert handeye(*begin(url), cwd=tmp_path).stderr.endswith(
        "holds an episode already: resume it or choose another folder\n"
    )
    same = handeye("resume", "e", cwd=tmp_path)
    assert same.returncode == 2
    assert "the episode has reached its step limit: give a higher --max-steps" in same.stderr
    more = handeye("resume", "e", "--max-steps", "1", cwd=tmp_path)
    assert more.returncode in ENDED, more.stderr
    kept = read_trajectory(tmp_path / "e")
    assert len(kept.steps) == 1
    assert kept.steps[0].observation.url == f"{url}/"


def test_what_nobody_approves_does_not_happen(tmp_path: Path, url: str) -> None:
    done = handeye(*begin(url, "--approve", "none", "--max-steps", "2"), cwd=tmp_path)
    assert done.returncode in ENDED, done.stderr
    assert '"kind": "intent"' not in (tmp_path / "e" / "journal.jsonl").read_text()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_leaves_a_journal_and_no_browser(
    tmp_path: Path, url: str, request: pytest.FixtureRequest, number: int, status: int
) -> None:
    arguments = begin(url, "--max-steps", "10000", "--problems", "10000")
    process = subprocess.Popen(command(*arguments), cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    request.addfinalizer(process.kill)
    assert process.stdout is not None
    process.stdout.readline()
    browsers = psutil.Process(process.pid).children(recursive=True)
    assert browsers
    process.send_signal(number)
    process.communicate(timeout=120)
    deadline = time.monotonic() + 60
    while any(map(runs, browsers)):
        assert time.monotonic() < deadline, "browsers were left behind"
        time.sleep(0.05)
    kept = read_trajectory(tmp_path / "e")
    if kept.stop is not None and kept.stop.final:  # a model that is sure of itself may have ended it before
        assert process.returncode in ENDED
    else:
        assert process.returncode == status
        assert kept.stop is StopReason.INTERRUPTED


def test_a_question_is_answered(tmp_path: Path, url: str) -> None:
    assert handeye(*begin(url, "--max-steps", "1"), cwd=tmp_path).returncode in ENDED
    screenshot = next((tmp_path / "e" / "screenshots").iterdir())
    done = handeye("ask", str(screenshot), "What is on the button?", "--model", MODEL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
