"""The person at the desktop can stop the agent, and the agent cannot stop itself."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Drag, Hold, Move, Press, Wait
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.kill_switch import StopSwitch
from handeye.environments.desktop.x11.system import X11Probe
from handeye.environments.errors import ActionRejected, EnvironmentLost, InvalidOption, KillSwitch
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.02, quiet=0.02, limit=1.0)
SWITCH = StopSwitch(corner="lower right", key="pause", seconds=0.3)
CORNER = Point(1279, 799)


@pytest.fixture
def watched(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    with DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=SWITCH) as environment:
        environment.reset()
        environment.execute(Move(point=Point(600, 400)))
        yield environment


class Person:
    """Uses the pointer and the keyboard as a person would, by the same device."""

    def __init__(self, desktop: IsolatedDesktop) -> None:
        self.environ = desktop.environ

    def do(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self.environ, check=True)

    def later(self, *command: str) -> None:
        threading.Timer(0.3, self.do, command).start()


@pytest.fixture
def person(isolated: IsolatedDesktop, needs: object) -> Person:
    assert callable(needs)
    needs("xdotool")
    return Person(isolated)


@pytest.mark.parametrize("action", [Wait(seconds=600.0), Hold(keys=("shift",), seconds=60.0)])
def test_the_pointer_in_the_corner_ends_the_running_action(
    action: Wait | Hold,
    watched: DesktopEnvironment,
    person: Person,
    isolated: IsolatedDesktop,
    meanwhile: Callable[..., Future[object]],
) -> None:
    running = meanwhile(watched.execute, action)
    person.do("mousemove", *map(str, CORNER))
    with pytest.raises(KillSwitch):
        running.result(0.9 * action.seconds)  # before it would have ended by itself
    probe = X11Probe(isolated.display)
    assert not probe.is_held("shift")
    probe.close()
    with pytest.raises(EnvironmentLost, match=r"stopped the agent: reset\(\) connects again"):
        watched.observe()
    assert watched.reset().size == (1280, 800)


def test_it_also_ends_the_next_call(watched: DesktopEnvironment, person: Person) -> None:
    person.do("mousemove", *map(str, CORNER))
    deadline = time.monotonic() + 60
    with pytest.raises(KillSwitch):
        while time.monotonic() < deadline:
            watched.observe()


def test_a_key_that_is_held_ends_it_too(watched: DesktopEnvironment, person: Person) -> None:
    person.later("keydown", "Pause")
    with pytest.raises(KillSwitch):
        watched.execute(Wait(seconds=600.0))
    person.do("keyup", "Pause")


@pytest.mark.slow
def test_a_passing_glance_is_nothing(isolated: IsolatedDesktop, person: Person) -> None:
    patient = replace(SWITCH, seconds=3.0)
    with DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=patient) as environment:
        environment.reset()
        person.do("mousemove", *map(str, CORNER), "sleep", "0.1", "mousemove", "500", "400", "key", "Pause")
        environment.execute(Wait(seconds=4.0))


@pytest.mark.slow
def test_the_agent_may_use_the_corner(watched: DesktopEnvironment) -> None:
    script: list[Action] = [
        Click(point=CORNER),
        Drag(path=(Point(900, 600), CORNER)),
        Press(keys=("shift",)),
        Move(point=CORNER),
    ]
    for action in script:
        watched.execute(action)
        watched.execute(Wait(seconds=0.5))


def test_the_agent_may_not_press_the_key(watched: DesktopEnvironment) -> None:
    for action in (Press(keys=("ctrl", "pause")), Hold(keys=("pause",), seconds=0.1)):
        with pytest.raises(ActionRejected, match="reserved for the person"):
            watched.execute(action)


class Disturbed(ScriptedPolicy):
    """A policy that the person stops while its action is carried out."""

    def __init__(self, person: Person) -> None:
        super().__init__([Wait(seconds=600.0)])
        self.person = person

    def decide(self, history: History) -> Decision:
        self.person.later("mousemove", *map(str, CORNER))
        return super().decide(history)


def test_the_episode_ends_as_interrupted(watched: DesktopEnvironment, person: Person) -> None:
    assert run_episode("wait", watched, Disturbed(person)).stop is StopReason.INTERRUPTED


def test_options_are_checked() -> None:
    for corner, key, seconds in ((None, None, 1.0), ("upper left", None, -1.0), ("upper left", "Control", 1.0)):
        with pytest.raises(InvalidOption):
            StopSwitch(corner=corner, key=key, seconds=seconds)
    with pytest.raises(ValueError, match="there is no key"):
        StopSwitch(key="no such key")
