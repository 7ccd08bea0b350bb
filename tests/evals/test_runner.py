import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from handeye.agent.policies.acting import ActingSettings
from handeye.evals.errors import ResultsError
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.pool.run import Workers
from handeye.evals.record import EPISODES, EpisodeLog, Record
from handeye.evals.runner import run
from handeye.evals.summary import SUMMARY
from handeye.evals.worker import Job, Keep, WorkerSettings


def play(
    directory: Path, seeds: range, model: str = "oracle", keep: Keep = "none", retry_errors: bool = False
) -> tuple[dict[str, object], str]:
    """Run one task in `directory`; return the summary and what was shown."""
    settings = WorkerSettings(
        suite=MiniWob,
        model=model,
        local=ActingSettings(device="cpu"),
        keep=keep,
        journals=directory / "journals",
    )
    shown = io.StringIO()
    summary = run(
        [Job("click-test-2", seed, 10) for seed in seeds],
        settings,
        directory,
        workers=Workers(1),
        protocol="rules",
        console=Console(file=shown, width=100),
        retry_errors=retry_errors,
    )
    return summary, shown.getvalue()


def seeds_played(directory: Path) -> list[int]:
    return [json.loads(line)["seed"] for line in (directory / EPISODES).read_text().splitlines()]


@pytest.mark.slow
def test_a_run_goes_on_where_it_was(tmp_path: Path) -> None:
    play(tmp_path, range(2))
    log = tmp_path / EPISODES
    log.write_bytes(log.read_bytes()[:-5])  # as if the process had died while it wrote the second line
    summary, shown = play(tmp_path, range(3))
    assert seeds_played(tmp_path) == [0, 1, 2]
    assert summary["episodes"] == summary["successes"] == 3
    assert json.loads((tmp_path / SUMMARY).read_text()) == summary
    assert "3/3" in shown
    assert "100.0% (44-100%)" in shown
    with pytest.raises(ResultsError, match="holds episodes of oracle"):
        play(tmp_path, range(3), model="handeye-tiny")


@pytest.mark.slow
def test_a_run_of_a_model_says_how_it_was_prompted_and_what_it_saw(tmp_path: Path) -> None:
    summary, _ = play(tmp_path, range(1), model="handeye-tiny")
    (profile,), (image,), tokens = summary["profiles"], summary["images"], summary["tokens"]  # type: ignore[misc]
    assert profile.startswith("handeye-tiny ") and len(profile.split()[1]) == 12
    width, height = image["size"]
    assert image["visual_tokens"] == width * height // 28**2
    assert tokens["prompt"] > image["visual_tokens"] and tokens["generated"] > 0  # type: ignore[index]
    with EpisodeLog(tmp_path) as log, pytest.raises(ResultsError, match="by the profile handeye-tiny, not planner"):
        log.require("handeye-tiny", None, "planner")


@pytest.mark.slow
def test_a_finished_run_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play(tmp_path, range(1))
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(tmp_path / "none"))  # a worker could not start its browser
    summary, _ = play(tmp_path, range(1))
    assert summary["episodes"] == 1


@pytest.mark.slow
def test_errors_are_played_again_only_when_asked(tmp_path: Path) -> None:
    lost = Record(task="click-test-2", seed=0, model="oracle", max_steps=10, success=False, error="the browser is gone")
    missed = lost.model_copy(update={"seed": 1, "error": None, "reward": -1.0})
    with EpisodeLog(tmp_path) as log:
        log.append(lost)
        log.append(missed)
    old = tmp_path / "journals" / "click-test-2-0"
    old.mkdir(parents=True)
    summary, _ = play(tmp_path, range(2), keep="all")
    assert (summary["successes"], summary["retried"]) == (0, {"episodes": 0, "errors": 0})
    assert seeds_played(tmp_path) == [0, 1]
    summary, shown = play(tmp_path, range(2), keep="all", retry_errors=True)
    assert seeds_played(tmp_path) == [0, 1, 0]
    assert (summary["episodes"], summary["successes"], summary["errors"]) == (2, 1, [])
    assert summary["retried"] == {"episodes": 1, "errors": 0}
    assert "2/2" in shown and "50.0%" in shown
    with EpisodeLog(tmp_path) as log:
        assert log.records[0] == lost
        assert (log.records[2].success, log.records[2].attempt) == (True, 2)
    assert old.is_dir(), "what is known of the first attempt stays"
    assert (tmp_path / "journals" / "click-test-2-0-attempt-2" / "verdict.json").is_file()


@pytest.mark.slow
def test_ctrl_c_leaves_a_folder_to_go_on_from_and_no_process(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    command = [sys.executable, "-m", "handeye", "eval", "miniwob", "--model", "oracle", "--tasks", "click-test"]
    command += ["--episodes", "500", "--workers", "2", "--out", str(tmp_path)]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True)
    request.addfinalizer(process.kill)
    deadline = time.monotonic() + 60
    while not (tmp_path / EPISODES).exists() or len(seeds_played(tmp_path)) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    below = psutil.Process(process.pid).children(recursive=True)
    assert any("chrom" in child.name() for child in below)
    os.killpg(process.pid, signal.SIGINT)  # what a terminal does
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "the same command continues" in output
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []
    played = seeds_played(tmp_path)
    summary = json.loads((tmp_path / SUMMARY).read_text())
    assert summary["episodes"] == summary["successes"] == len(played)
    assert len(set(played)) == len(played) < 500
