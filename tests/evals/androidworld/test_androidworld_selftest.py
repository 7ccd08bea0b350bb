from pathlib import Path

import pytest

from handeye.evals.androidworld.selftest import SELF_TESTS


@pytest.mark.slow
def test_oracles_solve_and_clicks_do_not(tmp_path: Path) -> None:
    (test,) = SELF_TESTS
    assert test.benchmark == "androidworld"
    assert test.run(tmp_path) == (
        "oracle solves 4 of 4, oracle solves 1 of 1, center solves 0 of 4, center solves 0 of 1, "
        "random 30 solves 0 of 4, random 30 solves 0 of 1"
    )
