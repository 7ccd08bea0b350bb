"""Each oracle solves its task with a finger, on the page's own word."""

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import AnyAction, Click, Scroll
from handeye.actions.schema import Move as MovePointer
from handeye.evals.miniwob.oracle import Move
from handeye.evals.mobile_miniwob.chromium import ChromiumPages
from handeye.evals.mobile_miniwob.oracles import TOUCH_ORACLES, touched
from handeye.evals.mobile_miniwob.phone import PhonePages
from handeye.evals.mobile_miniwob.protocol import STEPS
from handeye.evals.mobile_miniwob.screen import PageScreen
from handeye.evals.mobile_miniwob.task import PageTask
from handeye.evals.play import play

SAMPLE = ("click-test", "enter-text", "choose-list", "use-slider", "click-menu-2", "scroll-text-2")
WITH_PAGE = tuple(name for name in TOUCH_ORACLES if name != "drag-item")
HERE = Point(1, 2)


def solve(task: PageTask, screen: PageScreen) -> None:
    record = play(task, screen, None, max_steps=STEPS)
    assert record.error is None
    assert (record.success, record.reward) == (True, 1.0), record.steps


@pytest.mark.parametrize(
    ("mouse", "finger"),
    [
        (MovePointer(point=HERE), Click(point=HERE)),
        (Click(point=HERE, modifiers=("ctrl",)), Click(point=HERE)),
        (Click(point=HERE, count=2), Click(point=HERE, count=2)),
        (Scroll(point=HERE, dy=-200), Scroll(point=HERE, dy=-500)),
    ],
)
def test_moves_of_a_mouse_become_touches(chromium: ChromiumPages, mouse: AnyAction, finger: AnyAction) -> None:
    reader = chromium.environment("click-test").reader()
    assert list(touched(lambda page: iter([Move("Why.", mouse)]))(reader)) == [Move("Why.", finger)]


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_some_solve_their_task(chromium: ChromiumPages, name: str) -> None:
    solve(chromium.task(name, 1), chromium.environment(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_PAGE)
def test_all_solve_their_task_in_chromium(chromium: ChromiumPages, name: str) -> None:
    solve(chromium.task(name, 0), chromium.environment(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_PAGE)
def test_all_solve_their_task_on_the_phone(phone: PhonePages, name: str) -> None:
    solve(phone.task(name, 0), phone.environment(name))
