"""The examples of `handeye eval osworld`, on the stand-in: a drawn screen for a machine, in another interpreter."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Terminate
from handeye.evals import runner
from handeye.evals.osworld.task import OSWorldTasks
from handeye.evals.worker import Job, WorkerSettings, play_job
from tests.evals.osworld.checkout import make_checkout

if TYPE_CHECKING:
    from conftest import Actor, Example, Played

    Play = Callable[..., Played]

pytestmark = pytest.mark.slow

QUICK = ("--pause", "0", "--wait-after-reset", "0", "--wait-before-score", "0")
FEW = 6
"""Episodes that are played of each example."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with ~/OSWorld and ~/osw/bin/python."""
    (tmp_path / "OSWorld").mkdir()
    make_checkout(tmp_path / "OSWorld")
    (tmp_path / "osw" / "bin").mkdir(parents=True)
    wrapper = tmp_path / "osw" / "bin" / "python"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    wrapper.chmod(0o755)
    (tmp_path / "vm").mkdir()
    return tmp_path


class Asked:
    """What the command asked for, of which the first few episodes are played."""

    def __init__(self) -> None:
        self.jobs: Sequence[Job] = ()
        self.settings: WorkerSettings | None = None
        self.headless = True


@pytest.fixture
def asked(actor: "type[Actor]", monkeypatch: pytest.MonkeyPatch) -> Asked:
    asked = Asked()

    def moves(suite: OSWorldTasks, job: Job) -> Iterator[Action]:
        infeasible = "cannot" if job.task.startswith("chrome") else ""
        yield Click(point=Point(500, 500))
        yield Terminate(status="failure" if infeasible else "success")

    def here(settings: WorkerSettings) -> None:
        asked.settings = settings

    def play_here(jobs: Sequence[Job], *_: object) -> Iterator[Any]:
        asked.jobs = jobs
        assert asked.settings is not None
        with asked.settings.suite() as suite:
            asked.headless = suite._headless
            for job in jobs[:FEW]:
                policy = actor(asked.settings.model, moves(suite, job))
                yield play_job(job, suite, policy, asked.settings)

    monkeypatch.setattr(runner, "crew_of", here)
    monkeypatch.setattr(runner, "run_jobs", play_here)
    return asked


def part(folder: Path) -> dict[str, Any]:
    """Return the section of a run's summary."""
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["errors"] == []
    found: dict[str, Any] = summary["osworld"]
    return found


def expanded(words: Sequence[str], home: Path) -> list[str]:
    """Return the words as a shell passes them."""
    return [word.replace("~", str(home), 1) if word.startswith("~/") else word for word in words]


@pytest.mark.example(
    "handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python --tasks no-google-drive --out runs/osworld"
)
def test_the_usual_set_is_played(example: "Example", play: "Play", home: Path, asked: Asked) -> None:
    done = play([*expanded(example.words, home), *QUICK], folder=home)
    assert done.status == 0, done.output
    assert len(asked.jobs) == 361
    assert {job.max_steps for job in asked.jobs} == {15}
    assert asked.settings is not None
    assert asked.settings.model == "Qwen/Qwen2.5-VL-7B-Instruct"
    assert asked.headless
    found = part(home / "runs/osworld")
    assert found["asked"] == 361
    assert found["rows"]["infeasible"]["binary"]["mean"] == 1.0, "giving up is what is right there"


@pytest.mark.example(
    "handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python --tasks chrome,os --max-steps 50 --workers 4"
)
def test_two_domains_are_played(example: "Example", play: "Play", home: Path, asked: Asked) -> None:
    done = play([*expanded(example.words, home), *QUICK], folder=home)
    assert done.status == 0, done.output
    assert len(asked.jobs) == 46 + 24
    assert {job.max_steps for job in asked.jobs} == {50}
    assert "up to 50 steps" in done.output
    assert part(home / "runs/osworld")["asked"] == 70


@pytest.mark.example(
    "handeye eval osworld --osworld ~/OSWorld --python ~/osw/bin/python --provider vmware --path-to-vm ~/vm/Ubuntu.vmx "
    "--headed"
)
def test_a_machine_of_ones_own_is_played_on(example: "Example", play: "Play", home: Path, asked: Asked) -> None:
    done = play([*expanded(example.words, home), *QUICK], folder=home)
    assert done.status == 0, done.output
    assert not asked.headless
    manifest = json.loads((home / "runs/osworld" / "manifest.json").read_text("utf-8"))
    assert (manifest["provider"], manifest["path_to_vm"]) == ("vmware", "Ubuntu.vmx")
    assert str(home) not in json.dumps(manifest) or os.name == "nt"
