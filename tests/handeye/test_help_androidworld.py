"""The examples of `handeye eval androidworld`: a stand-in for its package, a simulated phone for its emulator."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handeye.evals import runner
from handeye.evals.androidworld.fake.checkout import write_checkout
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator
from handeye.evals.androidworld.fake.oracles import ORACLES
from handeye.evals.androidworld.task import AndroidWorldTask
from handeye.evals.record import Record
from handeye.evals.worker import Job, Suite, WorkerSettings, play_job

if TYPE_CHECKING:
    from conftest import Actor, Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow


@pytest.fixture
def scripted(actor: "type[Actor]", monkeypatch: pytest.MonkeyPatch) -> None:
    """Play the moves of the stand-in's oracles, in the words of the released weights."""
    settings: WorkerSettings

    def here(given: WorkerSettings) -> None:
        nonlocal settings
        settings = given

    def play_here(jobs: Sequence[Job], *_: object) -> Iterator[Record]:
        assert settings.model == "Qwen/Qwen2.5-VL-7B-Instruct"
        with settings.suite() as suite:
            for job in jobs:
                watched = Watched(suite)
                yield play_job(job, watched, actor(settings.model, watched.moves()), settings)

    monkeypatch.setattr(runner, "crew_of", here)
    monkeypatch.setattr(runner, "run_jobs", play_here)


class Watched:
    """Makes the tasks with the stand-in's oracles, and keeps the newest one."""

    def __init__(self, suite: Suite) -> None:
        self._suite: Any = suite
        self.newest: AndroidWorldTask | None = None

    def task(self, name: str, seed: int) -> AndroidWorldTask:
        self.newest = AndroidWorldTask(name, seed, self._suite._world, ORACLES[name])
        return self.newest

    def environment(self, name: str) -> Any:
        return self._suite.environment(name)

    def moves(self) -> Iterator[Any]:
        assert self.newest is not None
        yield from (move.action for move in self.newest.oracle())


def played(
    example: "Example", play: "Play", folder: Path, monkeypatch: pytest.MonkeyPatch, *more: str
) -> dict[str, float]:
    """Play an example, and return how much of each task was solved."""
    with SimulatedEmulator() as emulator:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(emulator.adb_port))
        done = play([*example.words, "--emulators", str(emulator.emulator.console), *more], folder=folder)
    assert done.status == 0, done.output
    out = example.words[example.words.index("--out") + 1] if "--out" in example.words else "runs/androidworld"
    summary = json.loads((folder / out / "summary.json").read_text(encoding="utf-8"))
    assert summary["errors"] == []
    return {name: task["rate"] for name, task in summary["tasks"].items()}


@pytest.mark.example(
    "handeye eval androidworld --android-world android_world --python aw/bin/python --model Qwen/Qwen2.5-VL-7B-Instruct"
)
def test_the_package_of_another_python_is_played(
    example: "Example", play: "Play", scripted: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_checkout(tmp_path / "android_world")
    python = tmp_path / "aw" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    assert played(example, play, tmp_path, monkeypatch, "--tasks", "easy") == {
        "SystemBluetoothTurnOn": 1.0,
        "SystemBrightnessMax": 1.0,
    }


@pytest.mark.example(
    "handeye eval androidworld --family miniwob_subset --emulators 5554,5556 --workers 2 "
    "--model Qwen/Qwen2.5-VL-7B-Instruct --out runs/mobile-miniwob"
)
def test_pages_are_played(
    example: "Example", play: "Play", scripted: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = write_checkout(tmp_path / "android_world")
    assert played(example, play, tmp_path, monkeypatch, "--android-world", str(checkout)) == {"tic-tac-toe": 1.0}
