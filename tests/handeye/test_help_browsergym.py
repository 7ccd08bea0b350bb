"""The examples of `handeye eval browsergym`, with fewer tasks: the real package, where an interpreter has it."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handeye.environments.environment import Environment
from handeye.evals import runner
from handeye.evals.browsergym import selection
from handeye.evals.record import Record
from handeye.evals.task import Task
from handeye.evals.worker import Job, Suite, WorkerSettings, play_job

if TYPE_CHECKING:
    from conftest import Actor, Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow


@pytest.fixture
def words(example: "Example") -> list[str]:
    """The words of the example, with the interpreter that has BrowserGym here."""
    python = os.environ.get("HANDEYE_BROWSERGYM_PYTHON")
    if not python:
        pytest.skip("needs the interpreter of a virtual environment with browsergym-miniwob")
    return [python if word == "gym/bin/python" else word for word in example.words]


def rates(folder: Path) -> dict[str, float]:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["errors"] == []
    return {name: task["rate"] for name, task in summary["tasks"].items()}


@pytest.mark.example("handeye eval browsergym --python gym/bin/python --out runs/gym-oracles")
def test_oracles_play(words: list[str], play: "Play", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every thirtieth of the tasks that have an oracle."""
    some = selection.ORACLES_HERE[::30]
    monkeypatch.setattr(selection, "ORACLES_HERE", some)
    done = play(words, folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/gym-oracles") == dict.fromkeys(some, 1.0)


@pytest.mark.example(
    "handeye eval browsergym --python gym/bin/python --tasks miniwob.click-test,miniwob.enter-text --seeds plain "
    "--episodes 2"
)
def test_two_tasks_by_their_seeds(words: list[str], play: "Play", tmp_path: Path) -> None:
    done = play(words, folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/browsergym") == {"miniwob.click-test": 1.0, "miniwob.enter-text": 1.0}


class Watched:
    """Makes an eval's tasks, and keeps the newest one."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self.newest: Task[Any] | None = None

    def task(self, name: str, seed: int) -> Task[Any]:
        self.newest = self._suite.task(name, seed)
        return self.newest

    def environment(self, name: str) -> Environment:
        return self._suite.environment(name)


@pytest.mark.example(
    "handeye eval browsergym --python gym/bin/python --tasks miniwob --episodes 5 "
    "--model Qwen/Qwen2.5-VL-7B-Instruct --out runs/gym"
)
def test_a_released_model_plays(
    words: list[str], play: "Play", tmp_path: Path, actor: "type[Actor]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moves of an oracle in one task, in the words of the released weights."""
    settings: WorkerSettings

    def here(given: WorkerSettings) -> None:
        nonlocal settings
        settings = given

    def play_here(jobs: Sequence[Job], *_: object) -> Iterator[Record]:
        assert settings.model == "Qwen/Qwen2.5-VL-7B-Instruct"
        assert len(jobs) == 625
        with settings.suite() as made:
            suite = Watched(made)

            def moves() -> Iterator[Any]:
                assert suite.newest is not None
                yield from (move.action for move in suite.newest.oracle())

            for job in [job for job in jobs if job.task == "miniwob.login-user"]:
                yield play_job(job, suite, actor(settings.model, moves()), settings)

    monkeypatch.setattr(runner, "crew_of", here)
    monkeypatch.setattr(runner, "run_jobs", play_here)
    done = play(words, folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/gym") == {"miniwob.login-user": 1.0}
