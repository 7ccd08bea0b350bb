import os
import signal
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Answer, Back, Click, Navigate, NewTab, Type, Wait
from handeye.agent.decision import Decision
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.contract.basics import check_closed, check_observation, check_outside, check_threads
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.evals.browsergym import fake_adapter
from handeye.evals.browsergym.benchmarks import BENCHMARKS, SUBSETS
from handeye.evals.browsergym.environment import BrowserGymEnvironment
from handeye.evals.browsergym.selftest import FakeBrowserGym, run
from handeye.evals.browsergym.task import session
from handeye.evals.errors import UnknownTask
from handeye.evals.foreign.errors import ForeignFailed
from handeye.evals.play import play


def inside(seed: int) -> Click:
    return Click(point=Point(*fake_adapter.Page("miniwob.click-test", seed).target))


def test_the_self_test_is_right(tmp_path: Path) -> None:
    said = run(tmp_path)
    assert said == "oracle solves 8 of 8, center solves 3 of 8, random 0 solves 2 of 8"


def test_an_action_shows_its_effect_and_ends_the_episode(fake: FakeBrowserGym) -> None:
    environment = fake.environment("miniwob.click-test")
    shown = environment.open("miniwob.click-test", 3, SUBSETS)
    assert shown.instruction == "Click the button."
    before = environment.observe()
    check_observation(before)
    assert (before.url, before.title, len(before.tabs)) == ("http://fake/miniwob.click-test", "miniwob.click-test", 1)
    after = environment.execute(inside(3))
    check_observation(after)
    assert environment.shown.ended
    assert (environment.reward, environment.shown.raw) == (1.0, 1.0)


def test_it_keeps_the_contract(fake: FakeBrowserGym) -> None:
    environment = fake.environment("miniwob.enter-text")
    environment.open("miniwob.enter-text", 0, SUBSETS)
    check_outside(environment)
    check_threads(environment)


def test_an_observation_is_returned_once_and_then_taken_anew(fake: FakeBrowserGym) -> None:
    environment = fake.environment("miniwob.enter-text")
    environment.open("miniwob.enter-text", 0, SUBSETS)
    first = environment.observe()
    assert environment.observe() is not first


def test_what_browsergym_reports_as_an_error_is_no_success(fake: FakeBrowserGym) -> None:
    environment = fake.environment("webarena.0")
    environment.open("webarena.0", 0, SUBSETS)
    with pytest.raises(ActionRejected) as raised:
        environment.execute(Navigate(url="http://elsewhere/"))
    assert str(raised.value) == (
        "BrowserGym reports: ConnectionError: Page.goto: net::ERR_NAME_NOT_RESOLVED at http://elsewhere/"
    )
    check_observation(environment.observe())
    assert environment.execute(Wait(seconds=0.0)).url == "http://fake/webarena.0"


def test_an_error_amid_several_calls_is_a_part(fake: FakeBrowserGym) -> None:
    environment = fake.environment("webarena.0")
    environment.open("webarena.0", 0, SUBSETS)
    with pytest.raises(ActionPartial, match="BrowserGym reports: ConnectionError"):
        environment.execute(NewTab(url="http://elsewhere/"))


def test_a_benchmark_limits_what_can_be_done(fake: FakeBrowserGym) -> None:
    environment = fake.environment("miniwob.enter-text")
    environment.open("miniwob.enter-text", 0, BENCHMARKS["miniwob"].subsets)
    assert "back" not in environment.supported
    with pytest.raises(ActionRejected, match="`back` is not possible here"):
        environment.execute(Back())
    environment.open("webarena.0", 0, SUBSETS)
    assert "back" in environment.supported


def test_a_wrong_answer_is_no_success(fake: FakeBrowserGym) -> None:
    policy = ScriptedPolicy([Decision("", "", (Answer(text="nothing"),))])
    record = play(fake.task("webarena.0", 0), fake.environment("webarena.0"), policy, max_steps=5)
    assert (record.success, record.reward, record.stop) == (False, 0.0, StopReason.ANSWERED)


def test_a_killed_interpreter_is_a_loss_until_a_reset() -> None:
    children = {child.pid for child in psutil.Process().children()}
    with FakeBrowserGym() as suite:
        environment = suite.environment("miniwob.click-test")
        environment.open("miniwob.click-test", 3, SUBSETS)
        (pid,) = {child.pid for child in psutil.Process().children()} - children
        os.kill(pid, signal.SIGKILL)
        for attempt in (lambda: environment.execute(inside(3)), environment.observe):
            with pytest.raises(EnvironmentLost):
                attempt()
        check_observation(environment.reset())
        assert environment.execute(inside(3)).size == (fake_adapter.WIDTH, fake_adapter.HEIGHT)
        assert environment.reward == 1.0


def test_it_is_closed_for_good() -> None:
    with FakeBrowserGym() as suite:
        environment = suite.environment("miniwob.click-test")
        environment.open("miniwob.click-test", 3, SUBSETS)
        check_closed(environment)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    with FakeBrowserGym() as suite:
        suite.environment("miniwob.click-test").open("miniwob.click-test", 3, SUBSETS)
        assert [path.name[:4] for path in tmp_path.iterdir()] == ["hbg-"]
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before
    assert list(tmp_path.iterdir()) == []


def test_an_interpreter_without_browsergym_says_how_to_install_it() -> None:
    environment = BrowserGymEnvironment(session(sys.executable))
    with pytest.raises(ForeignFailed, match=r"needs browsergym-core: \S+ -m pip install browsergym-core"):
        environment.open("miniwob.click-test", 3, SUBSETS)


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    environment = BrowserGymEnvironment(session(str(tmp_path / "python")))
    with pytest.raises(ForeignFailed, match="cannot start"):
        environment.open("miniwob.click-test", 3, SUBSETS)


def test_a_benchmark_without_its_package(fake: FakeBrowserGym) -> None:
    with pytest.raises(UnknownTask, match=r"visualwebarena cannot be loaded: .*pip install browsergym-visualwebarena"):
        fake.environment("x").open("visualwebarena.0", 0, SUBSETS)


def test_a_text_that_looks_like_code_is_typed(fake: FakeBrowserGym) -> None:
    environment = fake.environment("miniwob.enter-text")
    environment.open("miniwob.enter-text", 0, SUBSETS)
    environment.execute(Type(text="')\nimport os #"))
    assert not environment.shown.ended
    assert environment.shown.problem == ""
