from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Drag, Press
from handeye.agent.history import History
from handeye.agent.outcome import Outcome


def shown(count: int, budget: int, observe: Any, make_step: Any) -> list[int]:
    steps = tuple(make_step(index, Outcome("executed")) for index in range(count))
    return [step.index for step in History("task", steps, observe(), budget).shown]


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_budget_of_one_shows_the_newest_alone(count: int, observe: Any, make_step: Any) -> None:
    assert shown(count, 1, observe, make_step) == []


def test_a_larger_budget_drops_half_at_once(observe: Any, make_step: Any) -> None:
    windows = [shown(count, 4, observe, make_step) for count in range(9)]
    assert windows == [[], [0], [0, 1], [0, 1, 2], [3], [3, 4], [3, 4, 5], [6], [6, 7]]


@pytest.mark.parametrize("budget", [1, 2, 3, 4, 5, 8])
def test_the_budget_is_never_exceeded_and_the_newest_steps_are_shown(budget: int, observe: Any, make_step: Any) -> None:
    for count in range(20):
        window = shown(count, budget, observe, make_step)
        assert len(window) + 1 <= budget
        assert window == list(range(count - len(window), count))


def test_a_prompt_picture_is_decoded_in_a_copy(observe: Any) -> None:
    observation = observe(40)
    history = History("task", (), observation).with_(observation)
    assert history.observation.image.getpixel((0, 0)) == (40, 40, 40)
    assert "image" not in vars(observation)


def test_after_adds_a_step(observe: Any, make_step: Any) -> None:
    history = History("task", (), observe())
    longer = history.after(make_step(0, Outcome("executed")))
    assert (len(history.steps), len(longer.steps)) == (0, 1)


def test_the_cursor_is_where_the_last_executed_action_left_it(observe: Any, make_step: Any) -> None:
    click = make_step(3, Outcome("executed"))
    drag = make_step(4, Outcome("executed"), actions=(Drag(path=(Point(0, 0), Point(7, 8))),))
    press = make_step(5, Outcome("executed"), actions=(Press(keys=("enter",)),))
    denied = make_step(6, Outcome("denied"))
    assert History("T", (), observe()).cursor is None
    assert History("T", (press,), observe()).cursor is None
    assert History("T", (click, press, denied), observe()).cursor == Point(3, 3)
    assert History("T", (click, drag), observe()).cursor == Point(7, 8)
