from pathlib import Path

import pytest

from handeye.evals.simulated_phone.selftest import SELF_TESTS


@pytest.mark.slow
def test_oracles_solve_and_the_middle_of_the_screen_does_not(tmp_path: Path) -> None:
    (test,) = SELF_TESTS
    assert test.benchmark == "simulated-phone"
    assert test.run(tmp_path) == "oracle solves 3 of 3, center solves 0 of 3"
