"""What is heard of hands on a real X display. xdotool, which moves the same device, stands in for a person."""

import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Drag, Press, Scroll, Type
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.recording.events import Composer, Deed
from handeye.environments.recording.keysyms import character_of_keysym, held_modifiers, key_of_keysym
from handeye.environments.recording.x11 import X11Hands


@pytest.fixture(scope="module")
def desktop(needs: Callable[..., None]) -> Iterator[IsolatedDesktop]:
    needs("Xvfb", "openbox", "xdotool")
    with IsolatedDesktop(Size(640, 480)) as desktop:
        yield desktop


@pytest.fixture
def hands(desktop: IsolatedDesktop) -> Iterator[X11Hands]:
    """Listens; the screenshot begins at [40, 30] of the display."""
    listening = X11Hands(desktop.display, lambda point: Point(point.x - 40, point.y - 30))
    yield listening
    listening.close()


def person(desktop: IsolatedDesktop, *arguments: str) -> None:
    subprocess.run(["xdotool", *arguments], env=dict(desktop.environ), check=True, timeout=60)


def heard(hands: X11Hands, limit: float = 60.0) -> list[Action]:
    """Return what was done, as soon as nothing more is heard."""
    composer, deeds = Composer(), list[Deed]()
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        while not hands.events.empty():
            deeds += composer.feed(hands.events.get())
            deadline = time.monotonic() + 0.3
        time.sleep(0.01)
    return [deed.action for deed in (*deeds, *composer.finish())]


@pytest.mark.slow
def test_pointer_and_wheel(desktop: IsolatedDesktop, hands: X11Hands) -> None:
    person(desktop, "mousemove", "140", "130", "click", "1", "sleep", "0.6", "click", "--repeat", "2", "1")
    assert heard(hands) == [Click(point=Point(100, 100)), Click(point=Point(100, 100), count=2)]
    person(desktop, "keydown", "ctrl", "keydown", "shift", "click", "1", "keyup", "shift", "keyup", "ctrl")
    assert heard(hands) == [Click(point=Point(100, 100), modifiers=("ctrl", "shift"))]
    person(desktop, "mousedown", "1", "mousemove", "200", "160", "mousemove", "240", "330", "mouseup", "1")
    assert heard(hands) == [Drag(path=(Point(100, 100), Point(160, 130), Point(200, 300)))]
    person(desktop, "click", "--repeat", "3", "5", "click", "7")
    assert heard(hands) == [Scroll(point=Point(200, 300), dx=120, dy=360)]
    person(desktop, "mousemove", "600", "400", "click", "2")
    assert heard(hands) == [Click(point=Point(560, 370), button="middle")]
    person(desktop, "key", "Escape")


@pytest.fixture
def keys_for_all(desktop: IsolatedDesktop, needs: Callable[..., None]) -> None:
    """Puts characters on keys that have none: xdotool lends keys to them otherwise, and takes them back at once."""
    needs("xmodmap")
    names = ["udiaeresis", "ssharp", "U4F60"]
    changes = [part for number, name in enumerate(names, 247) for part in ("-e", f"keycode {number} = {name}")]
    subprocess.run(["xmodmap", *changes], env=dict(desktop.environ), check=True)


def test_keys(desktop: IsolatedDesktop, keys_for_all: None, hands: X11Hands) -> None:
    person(desktop, "type", "--delay", "20", "Hi <there> grüße 你 5%")
    assert heard(hands) == [Type(text="Hi <there> grüße 你 5%")]
    person(desktop, "key", "ctrl+shift+k", "alt+F3", "Tab", "shift+Tab", "Prior", "ctrl+space", "KP_Enter")
    assert heard(hands) == [
        Press(keys=keys)
        for keys in (
            ("ctrl", "shift", "k"),
            ("alt", "f3"),
            ("tab",),
            ("shift", "tab"),
            ("pageup",),
            ("ctrl", "space"),
            ("enter",),
        )
    ]
    person(desktop, "key", "a", "b", "Return")
    assert heard(hands) == [Type(text="ab", submit=True)]


def test_the_pause_key_and_the_end_of_the_display_end_it() -> None:
    with IsolatedDesktop(Size(320, 240)) as desktop:
        paused, other = (X11Hands(desktop.display, lambda point: point) for _ in range(2))
        person(desktop, "key", "ctrl+Pause")
        assert heard(paused) == [Press(keys=("ctrl", "pause"))] and not paused.ended
        person(desktop, "key", "Pause")
        until(lambda: paused.ended)
        assert heard(paused, limit=0.3) == []
        paused.close()
        paused.close()
    until(lambda: other.ended)
    other.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("keysym", "character"),
    [
        (0x61, "a"),
        (0xE4, "ä"),
        (0x0100_4F60, "你"),
        (0x0101_F600, "😀"),
        (0x06C4, "д"),
        (0x07E4, "δ"),
        (0x01B1, "ą"),
        (0x20AC, "€"),
        (0xFFB7, "7"),
        (0xFF0D, None),
        (0xFE51, None),
        (0, None),
    ],
)
def test_keysyms_are_characters(keysym: int, character: str | None) -> None:
    assert character_of_keysym(keysym) == character


def test_keysyms_are_keys() -> None:
    assert [key_of_keysym(keysym) for keysym in (0xFF0D, 0xFF8D, 0xFE20, 0xFFE4, 0xFFC2, 0x61, 0x20)] == [
        "enter",
        "enter",
        "tab",
        "ctrl",
        "f5",
        None,
        None,
    ]
    assert held_modifiers(1 | 4 | 8 | 16) == ("ctrl", "alt", "shift")
