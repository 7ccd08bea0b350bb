"""What a run's workers need."""

import pytest

from handeye.evals.pool.crew import gpus_of


@pytest.mark.parametrize(
    ("device", "gpus"),
    [("auto", 0), ("cpu", 0), ("cuda", 1), ("cuda:1", 1), ("cuda:0, cuda:1,cpu", 2), ("cuda:0=30,cuda:1=34", 2)],
)
def test_the_gpus_of_a_worker_are_those_of_its_list(device: str, gpus: float) -> None:
    assert gpus_of(device) == gpus
