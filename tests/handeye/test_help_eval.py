"""The examples of `handeye eval`, with fewer episodes: real pages and phones, and the pages' own rewards."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handeye.environments.environment import Environment
from handeye.evals import runner
from handeye.evals.miniwob import selection
from handeye.evals.mobile_miniwob import selection as mobile_selection
from handeye.evals.record import Record
from handeye.evals.task import Task
from handeye.evals.worker import Job, Suite, WorkerSettings, play_job

if TYPE_CHECKING:
    from conftest import Actor, Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow


def fewer(words: list[str], episodes: int) -> list[str]:
    """Return the words with another number of episodes."""
    place = words.index("--episodes") + 1
    return [*words[:place], str(episodes), *words[place + 1 :]]


def rates(folder: Path) -> dict[str, float]:
    """Return how much of each task was solved."""
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["errors"] == []
    return {name: task["rate"] for name, task in summary["tasks"].items()}


@pytest.mark.example("handeye eval miniwob --tasks five --episodes 50 --workers 2 --out runs/five")
def test_the_shipped_model_plays_five_tasks(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(fewer(example.words, 1), folder=tmp_path)
    assert done.status == 0, done.output
    solved = rates(tmp_path / "runs/five")
    assert solved.keys() == set(selection.FIVE)
    assert sum(solved.values()) / len(solved) >= 0.5


@pytest.mark.example("handeye eval miniwob --tasks oracles --episodes 10 --model oracle --out runs/oracles")
def test_oracles_play_pages(example: "Example", play: "Play", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tenth of the pages that have an oracle."""
    some = dict(list(selection.ORACLES.items())[::10])
    monkeypatch.setattr(selection, "ORACLES", some)
    done = play(fewer(example.words, 1), folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/oracles") == dict.fromkeys(some, 1.0)


@pytest.mark.example("handeye eval simulated-phone --model oracle --episodes 5 --out runs/oracles")
def test_oracles_play_on_a_phone(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play([*fewer(example.words, 1), "--tasks", "three"], folder=tmp_path)
    assert done.status == 0, done.output
    assert list(rates(tmp_path / "runs/oracles").values()) == [1.0] * 3


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


@pytest.mark.example("handeye eval mobile-miniwob --out runs/oracles")
def test_oracles_touch_pages(example: "Example", play: "Play", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every twentieth of the pages that have an oracle."""
    some = dict(list(mobile_selection.TOUCH_ORACLES.items())[::20])
    monkeypatch.setattr(mobile_selection, "TOUCH_ORACLES", some)
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/oracles") == dict.fromkeys(some, 1.0)


@pytest.mark.example("handeye eval mobile-miniwob --proxy phone --model oracle --tasks click-test,enter-text")
def test_oracles_touch_pages_on_a_phone(example: "Example", play: "Play", tmp_path: Path) -> None:
    done = play(example.words, folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/mobile-miniwob") == {"click-test": 1.0, "enter-text": 1.0}


@pytest.mark.example(
    "handeye eval simulated-phone --model Qwen/Qwen2.5-VL-7B-Instruct --tasks airplane-mode,add-contact"
)
def test_a_released_model_plays_on_a_phone(
    example: "Example", play: "Play", tmp_path: Path, actor: "type[Actor]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moves of the oracles, in the words of the released weights."""
    play_with_oracles(monkeypatch, actor)
    done = play([*example.words, "--episodes", "1"], folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/simulated-phone") == {"airplane-mode": 1.0, "add-contact": 1.0}


@pytest.mark.example(
    "handeye eval mobile-miniwob --model Qwen/Qwen2.5-VL-7B-Instruct --tasks miniwob_subset --episodes 3"
)
def test_a_released_model_touches_pages(
    example: "Example", play: "Play", tmp_path: Path, actor: "type[Actor]", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, with some of the tasks; the model is prompted as for a phone."""
    some = ("click-test", "enter-text", "choose-list")
    monkeypatch.setattr(mobile_selection, "MINIWOB_SUBSET", some)
    play_with_oracles(monkeypatch, actor)
    done = play([*fewer(example.words, 1), "--keep", "all"], folder=tmp_path)
    assert done.status == 0, done.output
    assert rates(tmp_path / "runs/mobile-miniwob") == dict.fromkeys(some, 1.0)
    journals = list((tmp_path / "runs/mobile-miniwob/journals").glob("*/*.jsonl"))
    assert len(journals) == len(some)
    assert all("mobile_use" in journal.read_text(encoding="utf-8") for journal in journals)


def play_with_oracles(monkeypatch: pytest.MonkeyPatch, actor: "type[Actor]") -> None:
    """Play in this process, by a model that writes the moves of the oracles."""
    settings: WorkerSettings

    def here(given: WorkerSettings) -> None:
        nonlocal settings
        settings = given

    def play_here(jobs: Sequence[Job], *_: object) -> Iterator[Record]:
        assert settings.model == "Qwen/Qwen2.5-VL-7B-Instruct"
        with settings.suite() as made:
            suite = Watched(made)

            def moves() -> Iterator[Any]:
                assert suite.newest is not None
                yield from (move.action for move in suite.newest.oracle())

            for job in jobs:
                yield play_job(job, suite, actor(settings.model, moves()), settings)

    monkeypatch.setattr(runner, "crew_of", here)
    monkeypatch.setattr(runner, "run_jobs", play_here)
