import math
from typing import Any

import pytest

from handeye.agent.decision import TokenCount
from handeye.agent.errors import InvalidLimits
from handeye.agent.limits import Limits, problems_in_a_row, tokens_spent
from handeye.agent.outcome import Outcome, StopReason

DONE = Outcome("executed")
BAD = Outcome("problem", "no action")


def test_nothing_is_reached_at_the_beginning() -> None:
    assert Limits().reached([], 0.0) is None


def test_steps(make_step: Any) -> None:
    steps = [make_step(0, DONE), make_step(1, DONE)]
    assert Limits(steps=3).reached(steps, 0.0) is None
    assert Limits(steps=2).reached(steps, 0.0) is StopReason.STEP_LIMIT


def test_zero_is_a_limit() -> None:
    assert Limits(steps=0).reached([], 0.0) is StopReason.STEP_LIMIT
    assert Limits(seconds=0.0).reached([], 0.0) is StopReason.TIME_LIMIT
    assert Limits(tokens=0).reached([], 0.0) is StopReason.TOKEN_LIMIT


def test_none_is_unlimited(make_step: Any) -> None:
    steps = [make_step(index, BAD) for index in range(200)]
    assert Limits(steps=None, seconds=None, problems=None, tokens=None).reached(steps, 1e9) is None


def test_seconds() -> None:
    assert Limits(seconds=1.5).reached([], 1.4) is None
    assert Limits(seconds=1.5).reached([], 1.5) is StopReason.TIME_LIMIT


def test_cached_tokens_do_not_count(make_step: Any) -> None:
    steps = [make_step(0, DONE, tokens=TokenCount(prompt=100, cached=60, generated=5, seconds=1.0)), make_step(1, DONE)]
    assert tokens_spent(steps) == 45
    assert Limits(tokens=46).reached(steps, 0.0) is None
    assert Limits(tokens=45).reached(steps, 0.0) is StopReason.TOKEN_LIMIT


def test_only_problems_in_a_row_count(make_step: Any) -> None:
    steps = [make_step(0, BAD), make_step(1, BAD), make_step(2, DONE), make_step(3, BAD), make_step(4, BAD)]
    assert problems_in_a_row(steps) == 2
    assert Limits().reached(steps, 0.0) is None
    steps.append(make_step(5, Outcome("denied", "no")))
    assert Limits().reached(steps, 0.0) is StopReason.PROBLEM_LIMIT


@pytest.mark.parametrize(
    "bad", [{"steps": -1}, {"seconds": math.nan}, {"seconds": -0.1}, {"tokens": -5}, {"problems": 0}, {"problems": -1}]
)
def test_impossible_limits_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidLimits) as caught:
        Limits(**bad)
    assert next(iter(bad)) in str(caught.value)
    assert "\n" not in str(caught.value)
