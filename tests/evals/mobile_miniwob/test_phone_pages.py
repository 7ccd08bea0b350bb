import pytest

from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Back, Click, Home, RecentApps
from handeye.evals.mobile_miniwob.phone import APP, PhonePages
from handeye.evals.mobile_miniwob.protocol import GOAL
from handeye.evals.play import play

SAMPLE = ("enter-text", "choose-list", "scroll-text-2")


@pytest.mark.slow
def test_the_page_fills_the_phone_between_its_bars_five_times_as_large(phone: PhonePages) -> None:
    screen = phone.environment("click-test")
    task = phone.task("click-test", 0)
    assert task.setup(screen) == GOAL.format(utterance="Click the button.")
    seen = screen.observe()
    assert (seen.size, seen.app) == (Size(1080, 2400), APP)
    assert screen.evaluate("() => innerWidth") == 216
    button = task._shown.reader().box("() => document.querySelector('#subbtn')")
    (shown,) = [element for element in screen.phone.elements() if element.text == "Click Me!"]
    edges = zip(button, shown.box, strict=True)
    assert all(abs(own - told) <= 5 for own, told in edges), (button, shown.box, Box)


@pytest.mark.slow
def test_back_stays_in_the_app_and_home_leaves_it_running(phone: PhonePages) -> None:
    screen = phone.environment("click-test")
    task = phone.task("click-test", 0)
    task.setup(screen)
    assert screen.execute(Back()).app == APP
    assert screen.execute(Home()).app != APP
    assert not task.ended()
    screen.execute(RecentApps())
    middle = Size(1080, 2400)
    screen.execute(Click(point=Box(0, 0, *middle).center))
    assert screen.observe().app == APP
    screen.execute(next(task.oracle()).action)
    assert task.score().success


@pytest.mark.slow
def test_an_app_that_was_ended_has_no_reward(phone: PhonePages) -> None:
    screen = phone.environment("click-test")
    task = phone.task("click-test", 0)
    task.setup(screen)
    screen.phone.shell(["am", "force-stop", APP])
    assert not task.ended()
    assert task.score().reason == "the page of the task was left"


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_an_oracle_solves_its_task_over_adb(phone: PhonePages, name: str) -> None:
    record = play(phone.task(name, 1), phone.environment(name), None, max_steps=30)
    assert record.error is None
    assert record.reward == 1.0
