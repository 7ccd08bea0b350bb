from pathlib import Path

import pytest

from handeye.evals.mobile_miniwob.selftest import PHONE, SELF_TESTS, run
from handeye.evals.selftests.check import SelfTestFailed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "oracle solves 8 of 8, center solves 0 of 8, random 0 solves 2 of 8 (proxy in Chromium, not Android)"),
        (
            1,
            "oracle solves 3 of 3, center solves 0 of 3, random 0 solves 0 of 3 "
            "(proxy on the simulated phone, not Android)",
        ),
    ],
)
def test_the_scores_are_the_known_ones(number: int, shown: str, tmp_path: Path) -> None:
    assert SELF_TESTS[number].run(tmp_path) == shown


def test_they_are_named_after_the_command() -> None:
    assert [test.benchmark for test in SELF_TESTS] == ["mobile-miniwob", "mobile-miniwob-phone"]
    assert PHONE


@pytest.mark.slow
def test_another_score_fails_it(tmp_path: Path) -> None:
    with pytest.raises(SelfTestFailed, match="click-test 0, played by random 0: the reward is 0 instead of 1"):
        run("chromium", {("click-test", 0): 1.0}, tmp_path)
