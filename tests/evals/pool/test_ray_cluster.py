"""Workers on a real Ray cluster of this machine."""

from pathlib import Path

import pytest

from handeye.evals.errors import WorkerFailed
from handeye.evals.pool.processes import run_all
from handeye.evals.pool.ray_cluster import LOCAL, run_on_ray
from tests.evals.pool.counting import counting

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def ray() -> None:
    pytest.importorskip("ray", reason="the extra ray is not installed")


def test_the_results_are_those_of_one_process(tmp_path: Path) -> None:
    jobs = [*(f"double {n}" for n in range(6)), "crash", "die once", "die"]
    facts: list[object] = []
    (tmp_path / "ray").mkdir()
    (tmp_path / "here").mkdir()
    there = sorted(run_on_ray(jobs, counting(tmp_path / "ray"), 2, LOCAL, facts.append))
    here = sorted(run_all(jobs, counting(tmp_path / "here"), 1))
    assert [result for result in there if "failed" not in result] == ["0", "10", "2", "4", "6", "8", "lived"]
    assert [result.partition(":")[0] for result in there] == [result.partition(":")[0] for result in here]
    assert {"device": "abacus"} in facts


def test_a_worker_that_can_do_nothing_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(WorkerFailed, match="there is no missing"):
        list(run_on_ray(["double 1"], counting(tmp_path / "missing"), 1, LOCAL))


def test_a_cluster_that_is_not_there_is_named() -> None:
    with pytest.raises(WorkerFailed, match=r"no Ray cluster at 127\.0\.0\.1:1"):
        list(run_on_ray(["double 1"], counting(Path()), 1, "127.0.0.1:1"))
