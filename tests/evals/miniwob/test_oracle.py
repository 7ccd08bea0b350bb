import pytest

from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Click, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import PageReader, TargetNotVisible, quote, reachable
from handeye.evals.miniwob.oracles import ALTERNATIVES, ORACLES
from handeye.evals.miniwob.task import MiniWob, MiniWobTask

FIND = "s => document.querySelector(s)"


def begun(suite: MiniWob, name: str, seed: int = 1) -> tuple[MiniWobTask, BrowserEnvironment]:
    task, environment = suite.task(name, seed), suite.environment(name)
    task.setup(environment)
    environment.observe()
    return task, environment


def place(environment: BrowserEnvironment, selector: str, style: str) -> None:
    environment.evaluate("([s, style]) => document.querySelector(s).setAttribute('style', style)", [selector, style])


def test_boxes_and_points_are_screenshot_pixels(suite: MiniWob) -> None:
    task, environment = begun(suite, "click-test")
    place(environment, "#subbtn", "position: absolute; left: 20.25px; top: 60px; width: 40px; height: 30px")
    assert task.reader().box(FIND, "#subbtn") == Box(40, 120, 121, 180)
    assert task.reader().spot("#subbtn") == Point(80, 150)


def test_another_clip_and_scale_give_other_pixels(suite: MiniWob) -> None:
    _, environment = begun(suite, "click-test")
    place(environment, "#subbtn", "position: absolute; left: 20px; top: 60px; width: 40px; height: 30px")
    reader = PageReader(environment.evaluate, clip=Box(10, 50, 150, 200), scale=1)
    assert reader.box(FIND, "#subbtn") == Box(10, 10, 50, 40)
    assert reader.spot("#subbtn") == Point(30, 25)


def test_what_reaches_out_of_the_clip_is_cut(suite: MiniWob) -> None:
    task, environment = begun(suite, "click-test")
    place(environment, "#subbtn", "position: absolute; left: 150px; top: 60px; width: 60px; height: 30px")
    assert task.reader().box(FIND, "#subbtn") == Box(300, 120, 336, 180)
    place(environment, "#subbtn", "position: absolute; left: 250px; top: 60px; width: 60px; height: 30px")
    with pytest.raises(TargetNotVisible):
        task.reader().box(FIND, "#subbtn")
    with pytest.raises(TargetNotVisible):
        task.reader().spot("#subbtn")


def test_a_half_covered_button_is_pointed_at_where_it_is_free(suite: MiniWob) -> None:
    task, environment = begun(suite, "click-test-2")
    place(environment, "#subbtn", "position: absolute; left: 20px; top: 60px; width: 40px; height: 40px")
    place(environment, "#subbtn2", "position: absolute; left: 30px; top: 55px; width: 60px; height: 60px")
    point = task.reader().spot("#subbtn")
    assert 40 <= point.x < 60
    place(environment, "#subbtn2", "position: absolute; left: 15px; top: 55px; width: 60px; height: 60px")
    assert not task.reader().sees("#subbtn")
    assert task.reader().sees("#subbtn2")


def test_nothing_that_matches_is_not_visible(suite: MiniWob) -> None:
    task, _ = begun(suite, "click-test")
    with pytest.raises(TargetNotVisible, match="no-such"):
        task.reader().spot("#no-such")


def test_candidates_that_cannot_be_clicked_are_left_out(suite: MiniWob) -> None:
    task, _ = begun(suite, "click-test")
    reader = task.reader()
    kept = reachable([("a", reader.press_button), ("b", lambda: reader.click("Click it.", "#no-such"))])
    assert [utterance for utterance, _ in kept] == ["a"]


def test_labels_are_quoted_and_shortened() -> None:
    assert quote("OK") == '"OK"'
    assert quote("South Georgia and the South Sandwich Islands") == '"South Georgia and the South Sandwic…"'


def test_an_oracle_goes_on_from_a_wrong_page(suite: MiniWob) -> None:
    task, environment = begun(suite, "enter-text")
    environment.execute(Click(point=task.reader().spot("#tt")))
    environment.execute(Type(text="wrong"))
    moves = task.oracle()
    first = next(moves).action
    assert first == Type(text=task.reader().quoted[0], clear=True)
    environment.execute(first)
    environment.execute(next(moves).action)
    assert task.score().success


@pytest.mark.parametrize("name", ALTERNATIVES)
def test_alternatives_ask_for_something_else_in_the_same_words(suite: MiniWob, name: str) -> None:
    task, environment = begun(suite, name, seed=4)
    reader = task.reader()
    own = next(ORACLES[name](reader))
    others = ALTERNATIVES[name](reader)
    assert others
    for utterance, move in others:
        assert utterance != reader.utterance
        assert utterance.split()[0] == reader.utterance.split()[0]
        assert (move.thought, move.action) != (own.thought, own.action)
        assert len(move.thought) <= 60
    utterance, move = others[0]
    environment.execute(move.action)
    assert not task.score().success


def test_clips_hold_what_is_observed() -> None:
    assert pages.clip("choose-list") != pages.CLIP
    assert pages.clip("click-tab") == pages.CLIP
