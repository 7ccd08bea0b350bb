import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.evals import runner
from handeye.evals.cli.app import app
from handeye.evals.osworld.environment import OSWorldEnvironment
from handeye.evals.report.submissions.osworld import osworld
from handeye.evals.results.find import open_results
from handeye.evals.worker import Job, WorkerSettings, play_job
from tests.evals.osworld.checkout import make_checkout

SOLVED: tuple[Action, ...] = (Click(point=Point(5, 5)), Terminate(status="success"))
IMPOSSIBLE: tuple[Action, ...] = (Terminate(status="infeasible"),)
QUICK = ("--screen", "640x360", "--pause", "0", "--wait-after-reset", "0", "--wait-before-score", "0")
SOME = "vs_code,chrome/00000000-0000-0000"

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def osworld_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with 369 tasks, whose package is the stand-in."""
    return make_checkout(tmp_path_factory.mktemp("osworld"))


class CrashingPolicy:
    """Kills the machine."""

    name = "Qwen/Qwen2.5-VL-7B-Instruct"

    def __init__(self, environment: OSWorldEnvironment) -> None:
        self._environment = environment

    def decide(self, history: History) -> Decision:
        self._environment.step(["crash"], 0.0)
        raise AssertionError("the machine still runs")


@pytest.fixture
def run(osworld_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, with a policy that plays each task as `moves` says; None kills the machine."""

    def run(*arguments: str, moves: Callable[[Job], Sequence[Action] | None] = lambda job: SOLVED) -> Result:
        settings: list[WorkerSettings] = []

        def play_here(jobs: Sequence[Job], *_: object) -> Iterator[Any]:
            with settings[0].suite() as suite:
                for job in jobs:
                    environment: Any = suite.environment(job.task)
                    chosen = moves(job)
                    policy = CrashingPolicy(environment) if chosen is None else ScriptedPolicy(chosen)
                    yield play_job(job, suite, policy, settings[0]).model_copy(update={"model": settings[0].name})

        monkeypatch.setattr(runner, "crew_of", settings.append)
        monkeypatch.setattr(runner, "run_jobs", play_here)
        words = ["osworld", "--osworld", str(osworld_folder), "--python", sys.executable, *QUICK, *arguments]
        return CliRunner().invoke(app, words, env={"COLUMNS": "120"})

    return run


@pytest.mark.slow
def test_a_run_gives_raw_and_binary_scores_and_can_be_submitted(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def moves(job: Job) -> Sequence[Action] | None:
        return IMPOSSIBLE if job.task.startswith("chrome") else SOLVED

    result = run("--tasks", SOME, "--out", str(out), moves=moves)
    assert result.exit_code == 0, result.output
    assert "up to 15 steps; 24 of 24 tasks played" in result.output
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["osworld"]["max_steps"] == [15]
    rows = summary["osworld"]["rows"]
    assert {name: (row["tasks"], row["raw"]["mean"]) for name, row in rows.items()} == {
        "chrome": (1, 1.0),
        "vs_code": (23, 1.0),
        "feasible": (23, 1.0),
        "infeasible": (1, 1.0),
        "all": (24, 1.0),
    }
    assert "15 steps unless --max-steps" in summary["protocol"]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["provider"] == "docker"
    assert manifest["desktop_env"] == "of the checkout"
    assert manifest["tasks"] == 369
    assert manifest["tasks_commit"] is None
    archive = zipfile.ZipFile(io.BytesIO(osworld(open_results(out).results)))
    name = "pyautogui/screenshot/Qwen2.5-VL-7B-Instruct/chrome/00000000-0000-0000/result.txt"
    assert archive.read(name) == b"1\n"
    assert len(archive.namelist()) == 24


@pytest.mark.slow
def test_crashes_lower_our_mean_and_not_upstreams(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    played: list[str] = []

    def moves(job: Job) -> Sequence[Action] | None:
        played.append(job.task)
        return None if len(played) == 2 else SOLVED

    result = run("--tasks", "vlc", "--out", str(out), moves=moves)
    assert result.exit_code == 1
    assert "upstream's mean, which leaves out 1 with an error: 100.0%" in result.output
    assert "was killed by SIGABRT" in result.output
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["osworld"]["rows"]["all"]["raw"]["mean"] == pytest.approx(16 / 17)
    assert len(played) == 17, "the others were played"
    archive = zipfile.ZipFile(io.BytesIO(osworld(open_results(out).results)))
    assert sorted(archive.read(name) for name in archive.namelist()) == [b"0\n"] + [b"1\n"] * 16

    played.clear()

    def solving(job: Job) -> Sequence[Action]:
        played.append(job.task)
        return SOLVED

    again = run("--tasks", "vlc", "--out", str(out), "--retry-errors", moves=solving)
    assert again.exit_code == 0, again.output
    assert len(played) == 1
    assert "tried again after an error: 1, of which 0 failed again" in again.output


@pytest.mark.slow
def test_an_interrupted_run_is_continued_and_another_one_is_not(run: Run, tmp_path: Path) -> None:
    out = ("--out", str(tmp_path / "out"))
    name = "vlc"
    played: list[str] = []

    def moves(job: Job) -> Sequence[Action]:
        played.append(job.task)
        if len(played) == 3:
            raise KeyboardInterrupt
        return SOLVED

    stopped = run("--tasks", name, *out, moves=moves)
    assert stopped.exit_code == 130
    assert "the same command continues" in stopped.output
    done = set(played[:2])
    played.clear()

    def solving(job: Job) -> Sequence[Action]:
        played.append(job.task)
        return SOLVED

    result = run("--tasks", name, *out, moves=solving)
    assert result.exit_code == 0, result.output
    assert len(played) == 15
    assert done.isdisjoint(played)
    other = run("--tasks", name, *out, "--give-up", "done")
    assert "holds results with give up fail, not done: choose another --out" in str(other.exception)
    other = run("--tasks", name, *out, "--provider", "vmware")
    assert "provider docker, not vmware" in str(other.exception)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tasks", "crome"], "did you mean|no task"),
        (["--model", "oracle"], "no oracles"),
        (["--osworld", "/nowhere"], "git clone"),
        (["--python", "/nowhere/python"], "no interpreter"),
        (["--screen", "big"], "WIDTHxHEIGHT"),
        (["--provider", "aws"], "--region"),
        (["--test-set", "none.json"], "cannot read the list"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments, "--out", str(tmp_path / "out"))
    assert isinstance(result.exception, HandeyeError), result.output
    assert any(each in str(result.exception) for each in message.split("|"))
    assert "\n" not in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("left", "message"), [("--osworld", "--osworld"), ("--python", "--python")])
def test_what_has_to_be_given_is_asked_for(osworld_folder: Path, left: str, message: str) -> None:
    given = {"--osworld": str(osworld_folder), "--python": sys.executable}
    words = [word for name, value in given.items() if name != left for word in (name, value)]
    result = CliRunner().invoke(app, ["osworld", *words])
    assert isinstance(result.exception, HandeyeError)
    assert message in str(result.exception)


@pytest.mark.slow
def test_workers_each_have_a_machine_and_a_model(osworld_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["osworld", "--osworld", str(osworld_folder), "--python", sys.executable, *QUICK]
    words += ["--model", "handeye-tiny", "--device", "cpu", "--max-steps", "1", "--workers", "2", "--out", str(out)]
    names = "vlc/00000329-0000-0000,vlc/00000330-0000-0000,chrome/00000000-0000-0000"
    result = CliRunner().invoke(app, [*words, "--tasks", names], env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    assert "up to 1 steps; 3 of 3 tasks played" in result.output
    lines = (out / "episodes.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["task"] for line in lines} == set(names.split(","))
    again = CliRunner().invoke(app, [*words, "--tasks", names], env={"COLUMNS": "120"})
    assert again.exit_code == 0
    assert (out / "episodes.jsonl").read_text("utf-8").splitlines() == lines
