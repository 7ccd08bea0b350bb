import pytest

from handeye.actions.abilities import Abilities
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Back, Click, Home, Move, OpenApp
from handeye.environments.errors import ActionRejected
from handeye.evals.mobile_miniwob.chromium import ChromiumPages
from handeye.evals.mobile_miniwob.protocol import GOAL
from handeye.evals.play import play
from handeye.evals.policy_center import CenterPolicy


@pytest.mark.slow
def test_the_screen_is_a_phones_and_the_goal_is_worded_as_in_android_world(chromium: ChromiumPages) -> None:
    screen = chromium.environment("click-test")
    assert chromium.task("click-test", 0).setup(screen) == GOAL.format(utterance="Click the button.")
    assert screen.observe().size == Size(1080, 2260)
    assert screen.evaluate("() => [innerWidth, innerHeight, devicePixelRatio, 'ontouchstart' in window]") == [
        *(216, 452, 2.5),
        True,
    ]
    assert Abilities(screen.supported).on_a_phone


@pytest.mark.slow
def test_nothing_shows_the_reward_or_starts_another_episode(chromium: ChromiumPages) -> None:
    screen = chromium.environment("click-test")
    chromium.task("click-test", 0).setup(screen)
    hidden = """() => ['#reward-display', '#click-canvas', '#sync-task-cover']
      .filter(name => document.querySelector(name)?.checkVisibility())"""
    assert screen.evaluate(hidden) == []
    assert screen.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert float(str(screen.evaluate("() => core.EPISODE_MAX_TIME"))) > 1e9
    screen.evaluate("() => { location.reload() }")
    screen.browser.observe()
    assert screen.evaluate(hidden) == []


@pytest.mark.slow
def test_the_same_seed_gives_the_same_page(chromium: ChromiumPages) -> None:
    seen = []
    for seed in (5, 5, 6):
        screen = chromium.environment("click-link")
        seen.append((chromium.task("click-link", seed).setup(screen), screen.observe().screenshot))
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


@pytest.mark.slow
def test_back_does_nothing_and_home_is_rejected(chromium: ChromiumPages) -> None:
    screen = chromium.environment("click-test")
    task = chromium.task("click-test", 0)
    task.setup(screen)
    before = screen.observe().screenshot
    assert screen.execute(Back()).screenshot == before
    with pytest.raises(ActionRejected, match="no home screen"):
        screen.execute(Home())
    for action in (OpenApp(name="Settings"), Move(point=Point(1, 1))):
        with pytest.raises(ActionRejected, match="is not possible here"):
            screen.execute(action)
    screen.execute(next(task.oracle()).action)
    assert task.score().success


def test_only_a_whole_reward_is_a_success(chromium: ChromiumPages) -> None:
    screen = chromium.environment("circle-center")
    task = chromium.task("circle-center", 1)
    task.setup(screen)
    assert not task.ended()
    circle = task._shown.reader().box("() => document.querySelector('svg circle')")
    screen.execute(Click(point=Point(circle.center.x + circle.size.width // 8, circle.center.y)))
    screen.execute(Click(point=task._shown.reader().spot("#subbtn")))
    assert task.ended()
    assert 0 < task.score().reward < 1
    assert not task.score().success


def test_a_page_that_was_left_has_no_reward(chromium: ChromiumPages) -> None:
    screen = chromium.environment("click-test")
    task = chromium.task("click-test", 0)
    task.setup(screen)
    screen.browser.goto("about:blank")
    assert not task.ended()
    assert (task.score().success, task.score().reason) == (False, "the page of the task was left")


def test_steps_that_miss_use_up_the_limit(chromium: ChromiumPages) -> None:
    record = play(chromium.task("click-test", 0), chromium.environment("click-test"), CenterPolicy(), max_steps=2)
    assert (record.success, record.reward, record.steps, record.stop) == (False, 0.0, 2, "step_limit")
