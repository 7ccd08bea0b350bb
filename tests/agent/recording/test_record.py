"""Recording, with events and screens that a test gives."""

import dataclasses
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Self

import pytest
from PIL import Image

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Navigate, OpenApp, Press, Terminate, Type, load
from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.outcome import StopReason
from handeye.agent.recording.record import NothingRecorded, record
from handeye.agent.replay.cues import cues
from handeye.agent.replay.run import replay
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation, Tab
from handeye.environments.recording.events import ButtonDown, ButtonUp, Did, HandEvent, KeyDown, Wheel, Wrote
from handeye.environments.scripted import ScriptedEnvironment

HERE = Point(50, 30)
SCREENS = [Image.new("RGB", (96, 64), (shade, shade, shade)) for shade in (0, 60, 120, 180, 240)]


class Person:
    """A recorder that plays events in turns: each turn shows the next screen, which is looked at unless it is quick.

    A turn is a list of events without times; they happen now. `quick` holds the turns that follow at once.
    """

    name = "scripted"

    def __init__(self, turns: Iterable[list[Any]], quick: Collection[int] = (), closes: bool = True) -> None:
        self._turns = deque(turns)
        self._quick = quick
        self._closes = closes
        self._shown = 0
        self._looked = threading.Event()
        self.turn = 0

    @property
    def ended(self) -> bool:
        return self._closes and not self._turns

    def start(self) -> Observation:
        return self.observe()

    def observe(self) -> Observation:
        if self.ended:
            raise EnvironmentLost("the window is closed")
        self._looked.set()
        return ScriptedEnvironment([SCREENS[min(self._shown, len(SCREENS) - 1)]]).reset()

    def take(self, seconds: float) -> Collection[HandEvent]:
        if not self._turns or not (self._looked.is_set() or self.turn in self._quick):
            return ()
        time.sleep(0.03)  # a person needs a moment, so that what was seen was seen before
        events = [event(time.time()) for event in self._turns.popleft()]
        self._shown, self.turn = self._shown + 1, self.turn + 1
        self._looked.clear()
        return events

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def click(point: Point = HERE) -> list[Any]:
    return [lambda time: ButtonDown(time, point), lambda time: ButtonUp(time, point)]


def wrote(text: str) -> list[Any]:
    return [lambda time: Wrote(time, text)]


TAB: list[Any] = [lambda time: KeyDown(time, "tab")]
WHEEL: list[Any] = [lambda time: Wheel(time, HERE, 0, 9)]


def recorded(person: Person, directory: Path | None = None, **more: Any) -> tuple[list[Action], Any]:
    episode = record("The task.", person, stop=more.pop("stop", threading.Event()), journal=directory, **more)
    return [action for step in episode.steps for action in step.decision.actions], episode


def test_each_action_has_the_screen_from_right_before_it(tmp_path: Path) -> None:
    actions, episode = recorded(Person([click(), wrote("ab"), TAB]), tmp_path / "r", settings={"a": 1})
    done = Terminate(status="success", message="the person ended the recording")
    assert actions == [Click(point=HERE), Type(text="ab"), Press(keys=("tab",)), done]
    kept = read_trajectory(tmp_path / "r")
    shades = [step.observation.image.getpixel((0, 0)) for step in kept.steps]
    assert shades == [(shade, shade, shade) for shade in (0, 60, 120, 120)]
    assert kept.steps == episode.steps and kept.stop is StopReason.SUCCESS
    assert (kept.meta.policy, kept.meta.environment, kept.meta.settings) == ("person", "scripted", {"a": 1})
    assert all(outcome.status == "executed" for step in kept.steps for outcome in step.outcomes)


def test_what_follows_too_quickly_is_known_not_to_have_been_seen(tmp_path: Path) -> None:
    person = Person([click(), TAB, wrote("ab"), TAB], quick={1})
    _, episode = recorded(person, tmp_path / "r")
    assert episode.steps[1].observation == episode.steps[0].observation
    assert "before the next look at the screen" in episode.steps[1].decision.notes[0]
    script = cues(read_trajectory(tmp_path / "r"))
    assert [cue.compared for cue in script] == [True, False, True, True, False]
    done = replay(read_trajectory(tmp_path / "r"), ScriptedEnvironment(SCREENS), patience=0)
    assert done.reproduced and done.screens == 3


def test_a_declared_secret_is_kept_by_its_name(tmp_path: Path) -> None:
    secrets = {"pin": "p4711", "word": "hunter2"}
    turns = [wrote("p4711"), TAB, wrote("hunter2"), [lambda time: KeyDown(time, "enter")], wrote("my p4711!"), TAB]
    actions, episode = recorded(Person(turns), tmp_path / "r", secrets=secrets)
    assert [action for action in actions if isinstance(action, Type)] == [
        Type(secret="pin"),
        Type(secret="word", submit=True),
        Type(text="my <pin>!"),
    ]
    assert "its name" not in str(episode.steps[0].decision.notes)
    assert "a secret" in episode.steps[3].decision.notes[0]
    for path in (tmp_path / "r").rglob("*"):
        assert path.is_dir() or not any(value.encode() in path.read_bytes() for value in secrets.values())


def test_a_person_who_stops_by_ctrl_c_leaves_a_whole_recording(tmp_path: Path) -> None:
    stop = threading.Event()

    class Stopping(Person):
        def observe(self) -> Observation:
            if self.turn == 2:  # what was done last is seen
                stop.set()
            return super().observe()

    _, episode = recorded(Stopping([click(), wrote("ab")], closes=False), tmp_path / "r", stop=stop)
    assert episode.stop is StopReason.SUCCESS
    assert [len(step.decision.actions) for step in episode.steps] == [1, 1, 1]
    # The last screen was looked at, since it was still there.
    assert episode.steps[-1].observation.image.getpixel((0, 0)) == (120, 120, 120)
    assert episode.steps[-1].observation.notices == ()


def test_a_closed_window_says_that_the_last_screen_is_old() -> None:
    _, episode = recorded(Person([click()]))
    assert "before the window was closed" in episode.steps[-1].observation.notices[0]


def test_nothing_done_is_nothing_recorded(tmp_path: Path) -> None:
    with pytest.raises(NothingRecorded):
        recorded(Person([[]]), tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_thoughts_are_asked_for(tmp_path: Path) -> None:
    _, episode = recorded(Person([click(), TAB]), thought=lambda action: f"a {action.type}")
    assert [step.decision.thought for step in episode.steps] == ["a click", "a press", ""]


def test_what_is_done_for_the_person_is_recorded_too() -> None:
    opened = OpenApp(name="editor")
    actions, _ = recorded(Person([[lambda time: Did(time, opened)], WHEEL]))
    assert actions[0] == opened
    assert len(actions) == 3


def test_a_screen_that_is_lost_is_no_end(tmp_path: Path) -> None:
    class Crashing(Person):
        def observe(self) -> Observation:
            if self.turn == 2:
                raise EnvironmentLost("the page has crashed")
            return super().observe()

    _, episode = recorded(Crashing([click(), TAB, TAB], closes=False), tmp_path / "r")
    assert (episode.stop, episode.message) == (StopReason.FAILED, "lost: the page has crashed")
    assert read_trajectory(tmp_path / "r").stop is StopReason.FAILED


class Telling(Person):
    """Its window says in title, address, tabs and notices what was typed."""

    def observe(self) -> Observation:
        tab = Tab("hunter2", "https://x/?q=hunter2", True)
        return dataclasses.replace(
            super().observe(), title="hunter2!", url=tab.url, tabs=(tab,), notices=("typed hunter2",), app="hunter2"
        )


def test_a_declared_secret_is_in_no_text_of_the_journal(tmp_path: Path) -> None:
    opened = [lambda time: Did(time, load({"type": "navigate", "url": "https://x/?q=hunter2"}))]
    actions, _ = recorded(Telling([wrote("hunter2"), opened, TAB]), tmp_path / "r", secrets={"word": "hunter2"})
    assert actions[:2] == [Type(secret="word"), Navigate(url="https://x/?q=%3Cword%3E")]
    kept = read_trajectory(tmp_path / "r")
    first = kept.steps[0].observation
    assert (first.title, first.url, first.app) == ("<word>!", "https://x/?q=<word>", "<word>")
    assert first.notices == ("typed <word>",) and first.tabs == (Tab("<word>", "https://x/?q=<word>", True),)
    assert "hunter2" not in (tmp_path / "r" / "journal.jsonl").read_text()
