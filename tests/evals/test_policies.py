"""The policies that do not look: what scores are worth that they reach too."""

from collections.abc import Iterator

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.agent.history import History
from handeye.agent.policy import Policy
from handeye.environments.observation import Observation
from handeye.evals.policy_center import CenterPolicy
from handeye.evals.policy_random import RandomPolicy


def clicked(policy: Policy, size: Size, task: str = "Click it.") -> Point:
    observation = Observation(b"", size, time=0.0)
    (action,) = policy.decide(History(task, (), observation)).actions
    assert isinstance(action, Click)
    return action.point


@pytest.mark.parametrize(("size", "middle"), [((336, 448), (168, 224)), ((5, 3), (2, 1)), ((1, 1), (0, 0))])
def test_the_middle_of_any_screen(size: tuple[int, int], middle: tuple[int, int]) -> None:
    assert clicked(CenterPolicy(), Size(*size)) == middle


def test_chance_is_anywhere_on_the_screen_and_the_same_again() -> None:
    size = Size(7, 4)

    def points(seed: int) -> Iterator[Point]:
        return (clicked(RandomPolicy(seed), size, f"Task {number}.") for number in range(300))

    first = list(points(5))
    assert set(first) == {Point(x, y) for x in range(7) for y in range(4)}
    assert list(points(5)) == first
    assert list(points(6)) != first
