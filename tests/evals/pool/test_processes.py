import multiprocessing
from pathlib import Path

import psutil
import pytest

from handeye.agent.policies.acting import ActingSettings
from handeye.evals.errors import WorkerFailed
from handeye.evals.miniwob.task import MiniWob
from handeye.evals.pool.processes import run_all
from handeye.evals.worker import Job, WorkerSettings, crew_of
from tests.evals.pool.counting import counting


def settings(directory: Path, model: str = "oracle") -> WorkerSettings:
    return WorkerSettings(
        suite=MiniWob,
        model=model,
        local=ActingSettings(device="cpu"),
        keep="none",
        journals=directory,
    )


def jobs(*seeds: int) -> list[Job]:
    return [Job("click-test-2", seed, 10) for seed in seeds]


def test_each_job_is_done_once_and_what_is_open_is_closed(tmp_path: Path) -> None:
    facts: list[object] = []
    results = list(run_all([f"double {n}" for n in range(5)], counting(tmp_path), 2, facts.append))
    assert sorted(results) == ["0", "2", "4", "6", "8"]
    assert facts == [{"device": "abacus"}] * 2
    assert len((tmp_path / "tries").read_text().splitlines()) == 5
    assert multiprocessing.active_children() == []


def test_what_a_killed_worker_was_doing_is_done_again(tmp_path: Path) -> None:
    assert list(run_all(["die once", "double 1"], counting(tmp_path), 1)) == ["lived", "2"]
    assert (tmp_path / "tries").read_text().splitlines() == ["die once", "die once", "double 1"]


def test_what_kills_its_worker_twice_has_failed(tmp_path: Path) -> None:
    results = list(run_all(["die", "double 1"], counting(tmp_path), 1))
    assert results == ["die failed: the worker died with exit status -9", "2"]


def test_a_crash_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    results = list(run_all(["crash", "double 1"], counting(tmp_path), 1))
    assert results == ["crash failed: ZeroDivisionError: on purpose", "2"]
    assert (tmp_path / "tries").read_text().count("crash") == 1


def test_a_worker_that_can_do_nothing_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match="nothing can be done here"):
        list(run_all(["double 1", "refuse", "double 2"], counting(tmp_path), 1))
    with pytest.raises(WorkerFailed, match="there is no missing"):
        list(run_all(["double 1"], counting(tmp_path / "missing"), 1))
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_killed_worker_leaves_no_browser_and_its_episode_is_played_again(tmp_path: Path) -> None:
    playing = run_all(jobs(1, 2, 3), crew_of(settings(tmp_path)), 1)
    first = next(playing)
    [worker] = multiprocessing.active_children()
    below = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    rest = list(playing)
    assert first.success
    assert [(record.seed, record.success) for record in rest] == [(2, True), (3, True)]
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []


@pytest.mark.slow
def test_a_worker_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match="no-such-folder"):
        list(run_all(jobs(1), crew_of(settings(tmp_path, model=str(tmp_path / "no-such-folder"))), 1))
    assert multiprocessing.active_children() == []


def test_no_jobs_need_no_workers(tmp_path: Path) -> None:
    assert list(run_all([], counting(tmp_path), 2)) == []
