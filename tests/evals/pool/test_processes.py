import multiprocessing
from pathlib import Path

import psutil
import pytest

from handeye.evals.errors import WorkerFailed
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.pool.processes import run_all
from handeye.evals.worker import Job, WorkerSettings, crew_of


def settings(directory: Path, model: str = "oracle") -> WorkerSettings:
    return WorkerSettings(
        suite=MiniWob,
        model=model,
        device="cpu",
        dtype="auto",
        keep="none",
        journals=directory,
    )


def jobs(*seeds: int) -> list[Job]:
    return [Job("click-test-2", seed, 10) for seed in seeds]


@pytest.mark.slow
def test_two_workers_play_each_job_once(tmp_path: Path) -> None:
    records = list(run_all(jobs(1, 2, 3, 4), crew_of(settings(tmp_path)), workers=2))
    assert sorted(record.seed for record in records) == [1, 2, 3, 4]
    assert all(record.success for record in records)
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_killed_worker_costs_its_episode_alone(tmp_path: Path) -> None:
    playing = run_all(jobs(1, 2, 3), crew_of(settings(tmp_path)), workers=1)
    first = next(playing)
    [worker] = multiprocessing.active_children()
    below = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    rest = list(playing)
    assert first.success
    assert [record.success for record in rest] == [False, True]
    assert rest[0].error == "the worker died with exit status -9"
    assert (rest[0].task, rest[0].seed, rest[0].max_steps, rest[0].model) == ("click-test-2", 2, 10, "oracle")
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []


def test_a_worker_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match="no-such-folder"):
        list(run_all(jobs(1), crew_of(settings(tmp_path, model=str(tmp_path / "no-such-folder"))), workers=1))
    assert multiprocessing.active_children() == []


def test_no_jobs_need_no_workers(tmp_path: Path) -> None:
    assert list(run_all([], crew_of(settings(tmp_path)), workers=2)) == []
