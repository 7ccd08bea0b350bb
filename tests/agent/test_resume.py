import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Navigate, Terminate
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.errors import InvalidTrajectory, JournalError, NothingToResume
from handeye.agent.history import History
from handeye.agent.journal.line import ResumedLine
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.writer import JOURNAL, Journal
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import INTERRUPTED, StopReason
from handeye.agent.page.document import write_page
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.agent.policy import ProfileId
from handeye.agent.resume import resume_episode
from handeye.environments.errors import ActionRejected, EnvironmentLost

ONE, TWO, THREE = (Click(point=Point(index, index)) for index in range(1, 4))
DONE = Terminate(status="success")
SCRIPT = [ONE, TWO, THREE, DONE]


def cut(directory: Path, lines: int, torn: bytes = b"") -> None:
    """Leave the journal as a kill after so many lines leaves it."""
    path = directory / JOURNAL
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:lines]) + torn)


class Recorder(ScriptedPolicy):
    """A scripted policy that keeps the histories it was shown."""

    def __init__(self, decisions: list[Any]) -> None:
        super().__init__(decisions)
        self.histories: list[History] = []

    def decide(self, history: History) -> Decision:
        self.histories.append(history)
        return super().decide(history)


def test_it_goes_on_from_any_line(room: Any, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    run_episode("T", room(), ScriptedPolicy(SCRIPT), journal=whole)
    # The lines: meta; decision, intent and outcome of three actions; decision and outcome of the last; stop.
    for lines in range(1, 12):
        directory = tmp_path / f"cut-{lines}"
        shutil.copytree(whole, directory)
        cut(directory, lines, torn=b'{"kind": "dec')
        environment = room()
        episode = resume_episode(directory, environment, ScriptedPolicy(SCRIPT))
        assert environment.executed == SCRIPT[lines // 3 : 3]  # not those that were begun
        assert episode.stop is StopReason.SUCCESS
        assert read_trajectory(directory).steps == episode.steps
        assert not read_trajectory(directory).torn
    for lines in (13, 12):
        cut(whole, lines)
        with pytest.raises(NothingToResume):
            resume_episode(whole, room(), ScriptedPolicy(SCRIPT))


def test_an_action_that_may_have_happened_is_told_to_the_policy(room: Any, tmp_path: Path) -> None:
    run_episode("T", room(), ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 6)
    policy = Recorder(SCRIPT)
    resume_episode(tmp_path, room(), policy)
    assert [step.remark for step in policy.histories[0].steps] == ["", f"unknown: {INTERRUPTED}"]


def test_the_browser_is_brought_back_to_its_last_page(room: Any, tmp_path: Path) -> None:
    environment = room({0: "http://room/deep"})
    run_episode("T", environment, ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 4)
    fresh = room()
    policy = Recorder(SCRIPT)
    resume_episode(tmp_path, fresh, policy)
    assert fresh.executed == [Navigate(url="http://room/deep"), TWO, THREE]
    assert policy.histories[0].observation.url == "http://room/deep"


@pytest.mark.parametrize("url", ["about:srcdoc", "http://room/gone"])
def test_a_page_that_cannot_be_opened_again_is_told_to_the_policy(room: Any, tmp_path: Path, url: str) -> None:
    run_episode("T", room({0: url}), ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 4)
    policy = Recorder(SCRIPT)
    resume_episode(tmp_path, room({0: ActionRejected("no such host")}), policy)
    observation = policy.histories[0].observation
    assert observation.url == "http://room/"
    assert f"the last open page, {url}, could not be opened again: " in observation.notices[-1]


@pytest.mark.parametrize(
    "url",
    [
        "http://room/reset?token=<one-time code>",
        "http://room/reset?token=%3Cone-time%20code%3E&next=/",
        "http://room/u/%3cpin%3e/inbox",
        "http://room/?next=http%3A%2F%2Froom%2F%253Cpin%253E",
    ],
)
def test_an_address_that_held_a_secret_is_not_opened_again(room: Any, tmp_path: Path, url: str) -> None:
    run_episode("T", room({0: url}), ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 4)
    fresh, policy = room(url="http://room/start"), Recorder(SCRIPT)
    resume_episode(tmp_path, fresh, policy)
    assert fresh.executed == [TWO, THREE]
    observation = policy.histories[0].observation
    assert observation.url == "http://room/start"
    assert observation.notices == (
        f"the last open page, {url}, was not opened again, because its address held a secret, which is recorded by its "
        "name only: the episode continues at http://room/start",
    )


@pytest.mark.parametrize(
    ("secrets", "url", "opened"),
    [
        ({}, "http://room/search?q=%3Ctable%3E", True),
        ({"pin": "ROOM_PIN"}, "http://room/search?q=%3Ctable%3E", True),
        ({"pin": "ROOM_PIN"}, "http://room/search?q=%3Cpin%3E", False),
    ],
)
def test_where_the_secrets_are_known_other_words_in_brackets_are_none(
    room: Any, tmp_path: Path, secrets: dict[str, JsonValue], url: str, opened: bool
) -> None:
    run_episode("T", room({0: url}), ScriptedPolicy(SCRIPT), journal=tmp_path, settings={"secrets": secrets})
    cut(tmp_path, 4)
    fresh = room()
    resume_episode(tmp_path, fresh, ScriptedPolicy(SCRIPT))
    assert (Navigate(url=url) in fresh.executed) == opened


def test_a_first_page_whose_address_holds_a_secret_is_the_last_page_too(room: Any, tmp_path: Path) -> None:
    url = "http://room/?key=<api key>"
    run_episode("T", room(url=url), ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 4)
    policy = Recorder(SCRIPT)
    resume_episode(tmp_path, room(url=url), policy)
    assert policy.histories[0].observation.notices == ()


def test_budgets_come_back(room: Any, tmp_path: Path) -> None:
    spent = Decision("", "", (ONE,), tokens=TokenCount(50, 0, 5, 0.1))
    limits = Limits(steps=2)
    run_episode("T", room(), ScriptedPolicy([spent] * 9), journal=tmp_path, limits=limits)
    episode = resume_episode(tmp_path, room(), ScriptedPolicy([spent] * 9))
    assert (episode.stop, len(episode.steps)) == (StopReason.STEP_LIMIT, 2)
    episode = resume_episode(tmp_path, room(), ScriptedPolicy([spent] * 9), limits=Limits(tokens=160))
    assert (episode.stop, len(episode.steps)) == (StopReason.TOKEN_LIMIT, 3)
    episode = resume_episode(tmp_path, room(), ScriptedPolicy([spent] * 9))
    assert (episode.stop, len(episode.steps)) == (StopReason.TOKEN_LIMIT, 3)
    trajectory = read_trajectory(tmp_path)
    assert trajectory.limits == Limits(tokens=160)
    assert trajectory.meta.limits == limits
    episode = resume_episode(tmp_path, room(), ScriptedPolicy([spent] * 9), limits=Limits(seconds=trajectory.seconds))
    assert episode.stop is StopReason.TIME_LIMIT
    assert episode.seconds >= trajectory.seconds


def test_the_screenshot_budget_comes_back(room: Any, tmp_path: Path) -> None:
    run_episode("T", room(), ScriptedPolicy(SCRIPT), journal=tmp_path, screenshots=3)
    cut(tmp_path, 4)
    policy = Recorder(SCRIPT)
    resume_episode(tmp_path, room(), policy)
    assert policy.histories[0].screenshots == 3


def test_after_a_lost_environment(room: Any, tmp_path: Path) -> None:
    run_episode("T", room({1: EnvironmentLost("crashed")}), ScriptedPolicy(SCRIPT), journal=tmp_path)
    policy = Recorder(SCRIPT)
    episode = resume_episode(tmp_path, room(), policy)
    assert episode.stop is StopReason.SUCCESS
    assert policy.histories[0].steps[1].remark == "lost: crashed"


@pytest.mark.parametrize("status", ["success", "failure", "infeasible"])
def test_an_episode_that_came_to_its_end_is_not_resumed(room: Any, tmp_path: Path, status: Any) -> None:
    run_episode("T", room(), ScriptedPolicy([Terminate(status=status)]), journal=tmp_path)
    before = (tmp_path / JOURNAL).read_bytes()
    with pytest.raises(NothingToResume, match=f"ended with {status}"):
        resume_episode(tmp_path, room(), ScriptedPolicy(SCRIPT))
    assert (tmp_path / JOURNAL).read_bytes() == before


def test_a_running_episode_is_not_resumed(room: Any, tmp_path: Path) -> None:
    run_episode("T", room(), ScriptedPolicy(SCRIPT), journal=tmp_path)
    cut(tmp_path, 4)
    environment = room()
    with (
        Journal.reopen(tmp_path, ResumedLine(time=1.0, version="0", policy="p", limits=Limits())),
        pytest.raises(JournalError, match="another process"),
    ):
        resume_episode(tmp_path, environment, ScriptedPolicy(SCRIPT))
    assert environment.looks == 0


def test_a_folder_without_a_journal_is_named(room: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidTrajectory, match="holds no journal"):
        resume_episode(tmp_path, room(), ScriptedPolicy(SCRIPT))


class Prompted(ScriptedPolicy):
    """A scripted policy that prompts a model, as far as the journal knows."""

    profile_id = ProfileId("ui-tars-1.5", "0123456789ab")

    def __init__(self, decisions: list[Any]) -> None:
        super().__init__(decisions)
        self.name = "B"


def test_who_decides_and_what_is_needed_for_it_is_kept_of_every_process(room: Any, tmp_path: Path) -> None:
    run_episode("T", room(), ScriptedPolicy([ONE]), journal=tmp_path, limits=Limits(steps=1), settings={"model": "a"})
    resume_episode(tmp_path, room(), Prompted([TWO]), limits=Limits(steps=2), settings={"model": "b"})
    kept = read_trajectory(tmp_path)
    assert kept.drivers == ("scripted", "B, ui-tars-1.5 0123456789ab")
    assert (kept.meta.settings, kept.settings) == ({"model": "a"}, {"model": "b"})
    resume_episode(tmp_path, room(), ScriptedPolicy([DONE]), limits=Limits(steps=3))
    kept = read_trajectory(tmp_path)
    assert (kept.settings, len(kept.drivers)) == ({"model": "b"}, 2)
    page = write_page(tmp_path).read_text("utf-8")
    assert "<b>scripted</b>" in page and "<b>B, ui-tars-1.5 0123456789ab</b>" in page
