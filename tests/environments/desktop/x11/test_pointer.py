"""The pointer on X11, over a window that tells of every event that it gets."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.errors import ActionRejected, EnvironmentLost

# An undecorated window over the whole screen that writes a line of JSON about each event.
TARGET = """
import json, sys, tkinter
root = tkinter.Tk()
root.overrideredirect(True)
root.geometry("1280x800+0+0")
out = open(sys.argv[1], "w", buffering=1)
def tell(kind):
    def handler(event):
        state = event.state & 0x4D
        shown = dict(kind=kind, x=event.x_root, y=event.y_root, number=event.num, state=state, time=event.time)
        out.write(json.dumps(shown) + "\\n")
    return handler
for kind in ("Button", "ButtonRelease", "Motion", "Double-Button", "Triple-Button"):
    root.bind(f"<{kind}>", tell(kind), add="+")
root.bind("<Map>", lambda event: out.write("{}\\n"))
root.mainloop()
"""
AT = Point(640, 400)
STATES = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64}


class Target:
    """The window's account of what it got."""

    def __init__(self, desktop: IsolatedDesktop, account: Path) -> None:
        self._account, self._read = account, 0
        desktop.run([sys.executable, "-c", TARGET, str(account)])
        self.events(lambda events: bool(events))

    def events(self, enough: Callable[[list[Mapping[str, Any]]], bool]) -> list[Mapping[str, Any]]:
        """What came since the last call, as soon as it is enough."""
        deadline = time.monotonic() + 60.0
        while time.monotonic() < deadline:
            lines = self._account.read_text().splitlines(keepends=True) if self._account.exists() else []
            events = [json.loads(line) for line in lines[self._read :] if line.endswith("\n")]
            if enough(events):
                self._read += len(events)
                return events
            time.sleep(0.005)
        raise AssertionError(f"the window got only {events}")

    def until_released(self, number: int) -> list[Mapping[str, Any]]:
        return self.events(lambda events: bool(events) and _is(events[-1], "ButtonRelease", number))


def _is(event: Mapping[str, Any], kind: str, number: int) -> bool:
    return event["kind"] == kind and event["number"] == number


def _kinds(events: list[Mapping[str, Any]]) -> list[str]:
    return [event["kind"] for event in events if event["kind"] != "Motion"]


@pytest.fixture(scope="module")
def shared_target(isolated: IsolatedDesktop, tmp_path_factory: pytest.TempPathFactory) -> Target:
    return Target(isolated, tmp_path_factory.mktemp("target") / "account")


@pytest.fixture
def hands(isolated: IsolatedDesktop) -> Iterator[X11Input]:
    hands = X11Input(isolated.display)
    yield hands
    hands.close()


@pytest.fixture
def target(shared_target: Target, hands: X11Input) -> Target:
    """The window, with its account read up to now."""
    hands.move(Point(1, 1))
    hands.click(Point(0, 0), "middle")
    shared_target.until_released(2)
    return shared_target


def test_the_pointer_goes_to_every_corner(hands: X11Input, target: Target) -> None:
    for point in (Point(0, 0), Point(1279, 0), Point(0, 799), Point(1279, 799), AT):
        hands.move(point)
        assert hands.pointer() == hands.last_point == point


def test_points_outside_are_rejected(hands: X11Input) -> None:
    hands.move(AT)
    for point in (Point(1280, 0), Point(0, 800), Point(-1, 5)):
        for act in (
            lambda p=point: hands.move(p),
            lambda p=point: hands.click(p),
            lambda p=point: hands.drag([AT, p]),
            lambda p=point: hands.scroll(p, 0, 1),
        ):
            with pytest.raises(ActionRejected, match="outside"):
                act()
    assert hands.pointer() == AT


@pytest.mark.parametrize(("button", "number"), [("left", 1), ("middle", 2), ("right", 3)])
def test_clicks(hands: X11Input, target: Target, button: Any, number: int) -> None:
    hands.click(AT, button)
    events = target.until_released(number)
    assert _kinds(events) == ["Button", "ButtonRelease"]
    assert {(event["x"], event["y"]) for event in events[-2:]} == {AT}


@pytest.mark.slow
def test_double_and_triple_clicks_and_never_by_accident(hands: X11Input, target: Target) -> None:
    hands.click(AT, count=2)
    hands.click(AT)
    hands.click(AT, count=3)
    events = target.events(lambda events: len([e for e in events if _is(e, "ButtonRelease", 1)]) == 6)
    pairs = [kind for kind in _kinds(events) if kind != "ButtonRelease"]
    assert pairs == ["Button", "Double-Button", "Button", "Button", "Double-Button", "Triple-Button"]
    hands.drag([AT, Point(700, 400)])
    assert _kinds(target.until_released(1)) == ["Button", "ButtonRelease"]


@pytest.mark.slow
@pytest.mark.parametrize("modifiers", [("ctrl",), ("alt", "shift"), ("ctrl", "alt", "shift", "meta")])
def test_modifiers_are_held_and_released(hands: X11Input, target: Target, modifiers: tuple[str, ...]) -> None:
    state = sum(STATES[modifier] for modifier in modifiers)
    hands.click(AT, "right", modifiers=modifiers)
    assert [event["state"] for event in target.until_released(3)[-2:]] == [state, state]
    hands.drag([AT, Point(700, 400)], "right", modifiers)
    assert {event["state"] for event in target.until_released(3)[1:]} == {state}
    hands.scroll(AT, 0, 120, modifiers)
    assert target.until_released(5)[-1]["state"] == state
    hands.click(AT, "right")
    assert target.until_released(3)[-1]["state"] == 0


def test_a_drag_follows_its_path_at_a_pace_that_programs_follow(hands: X11Input, target: Target) -> None:
    path = [Point(100, 100), Point(400, 100), Point(400, 300)]
    hands.drag(path)
    events = target.until_released(1)
    pressed = next(index for index, event in enumerate(events) if _is(event, "Button", 1))
    assert (events[pressed]["x"], events[pressed]["y"]) == path[0]
    way = [(event["x"], event["y"]) for event in events[pressed:]]
    assert path[1] in way and way[-1] == path[2]
    assert len(way) > 20
    assert all(y == 100 or x == 400 for x, y in way)
    assert events[-1]["time"] - events[-2]["time"] > 100, "what it is dropped on needs time to answer"
    assert hands.last_point == path[2]


@pytest.mark.parametrize(
    ("dx", "dy", "numbers"),
    [(0, 1, [5]), (0, -360, [4] * 3), (250, 0, [7] * 2), (-1, 0, [6]), (-120, 240, [5, 5, 6]), (0, 6000, [5] * 50)],
)
def test_scrolling_in_notches(hands: X11Input, target: Target, dx: int, dy: int, numbers: list[int]) -> None:
    hands.scroll(AT, dx, dy)
    hands.click(AT, "middle")
    events = target.until_released(2)
    # Tk tells of the sideways buttons 6 and 7 as of 4 and 5 with shift.
    turned = [event["number"] + 2 * event["state"] for event in events if event["kind"] == "ButtonRelease"]
    assert turned[:-1] == numbers


def test_a_long_press_lasts(hands: X11Input, target: Target) -> None:
    hands.long_press(AT, 0.4)
    pressed, released = (event["time"] for event in target.until_released(1) if event["kind"] != "Motion")
    assert released - pressed >= 380


def test_left_handed_buttons(hands: X11Input, target: Target, isolated: IsolatedDesktop) -> None:
    display = open_display(isolated.display)
    mapping = list(display.get_pointer_mapping())
    display.set_pointer_mapping([3, 2, 1, *mapping[3:]])
    try:
        hands.click(AT, "left")
        target.until_released(1)
        hands.scroll(AT, 0, 1)
        target.until_released(5)
        display.set_pointer_mapping([1, 0, 3, 4, 5, 0, 0, *mapping[7:]])
        hands.scroll(AT, 0, -1)
        target.until_released(4)
        for act in (lambda: hands.click(AT, "middle"), lambda: hands.scroll(AT, 1, 0)):
            with pytest.raises(ActionRejected, match="disabled"):
                act()
    finally:
        display.set_pointer_mapping(mapping)
        display.close()


def test_an_interrupted_call_lets_go_of_everything(isolated: IsolatedDesktop, target: Target) -> None:
    # In a process of its own, because Ctrl-C there must not end the tests here.
    script = f"""
from handeye.actions.geometry import Point
from handeye.environments.desktop.x11.input import X11Input
hands = X11Input({isolated.display!r})
try:
    hands.click(Point(640, 400), "right")
    hands.hold(["ctrl", "shift"], 600)
except KeyboardInterrupt:
    hands.click(Point(640, 400), "right")
"""
    process = subprocess.Popen([sys.executable, "-c", script])
    target.until_released(3)
    _wait_for_state(isolated, STATES["ctrl"] | STATES["shift"])
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    assert target.until_released(3)[-1]["state"] == 0


def test_closing_ends_what_another_thread_does_and_lets_go(isolated: IsolatedDesktop, target: Target) -> None:
    hands = X11Input(isolated.display)
    errors: list[Exception] = []

    def hold() -> None:
        try:
            hands.hold(["ctrl", "left"], 600)
        except EnvironmentLost as error:
            errors.append(error)

    thread = threading.Thread(target=hold)
    thread.start()
    _wait_for_state(isolated, STATES["ctrl"])
    hands.close()
    thread.join(60)
    assert not thread.is_alive() and len(errors) == 1
    _wait_for_state(isolated, 0)
    for use in (hands.pointer, hands.release, lambda: hands.move(AT), lambda: hands.type("a")):
        with pytest.raises(EnvironmentLost, match="closed"):
            use()


def _wait_for_state(isolated: IsolatedDesktop, state: int) -> None:
    display = open_display(isolated.display)
    deadline = time.monotonic() + 60
    while (now := display.screen().root.query_pointer().mask & 0x4D) != state and time.monotonic() < deadline:
        time.sleep(0.01)
    display.close()
    assert now == state
