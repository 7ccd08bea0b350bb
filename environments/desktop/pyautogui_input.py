"""The pointer and the keyboard on Windows and macOS, through pyautogui.

Its pauses and its fail-safe are turned off: a corner of the screen is a position like any other, and the environment
has its own kill switch. Key names are checked, because pyautogui ignores unknown ones. Text and the wheel use the
system's own events, because pyautogui drops characters that are not on a US keyboard and cannot scroll sideways on
Windows.

It also works on X11 except for text, although `X11Input` is better there: that is how it is tested.
"""

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Point
from handeye.environments.desktop.gestures import NOTCHES_AT_A_TIME, ClickMemory, notches
from handeye.environments.desktop.input import Button
from handeye.environments.desktop.x11.keys import keysym_of_character
from handeye.environments.errors import ActionRejected, EnvironmentLost, MissingProgram
from handeye.environments.hand import DROP_SECONDS, GRIP_SECONDS, LIFT_SECONDS, STEP_SECONDS, STEPS_TO_LIFT, way

_CLOSED = "the desktop's input is closed"
_NAMES = {"menu": "apps", "meta": "winleft"}
_MAC_NAMES = {"meta": "command", "alt": "option"}


class PyautoguiInput:
    """A `DesktopInput` in the system's own units: pixels on Windows and X11, points on macOS."""

    def __init__(self) -> None:
        """Load pyautogui. Raises `MissingDependency`, `MissingProgram`, and on X11 what `open_display` raises."""
        self._gui = _load()
        self._alone = threading.Lock()
        self._stop = threading.Event()
        self._clicks = ClickMemory()
        self._keys: list[str] = []
        self._button: Button | None = None
        self._lost = _lost_errors()
        self.last_point: Point | None = None

    def pointer(self) -> Point:
        """Return where the pointer is."""
        with self._call():
            return Point(*map(int, self._gui.position()))

    def move(self, point: Point) -> None:
        """Move the pointer there."""
        with self._call():
            self._go(point)

    def click(self, point: Point, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Click `count` times; an earlier click never counts as one of them."""
        with self._call():
            self._begin(point, modifiers)
            self._pause(self._clicks.wait(button, point))
            match count:
                # On macOS each click carries its number in a series, which only these two functions set.
                case 2:
                    self._gui.doubleClick(point.x, point.y, button=button)
                case 3:
                    self._gui.tripleClick(point.x, point.y, button=button)
                case _:
                    self._gui.click(point.x, point.y, clicks=count, button=button)
            self._clicks.note(button, point)

    def long_press(self, point: Point, seconds: float) -> None:
        """Hold the left button down for `seconds`."""
        with self._call():
            self._go(point)
            self._pause(self._clicks.wait("left", point))
            self._down("left")
            self._pause(seconds)

    def drag(self, path: Sequence[Point], button: Button = "left", modifiers: Sequence[str] = ()) -> None:
        """Hold the button down along the path."""
        with self._call():
            self._begin(path[0], modifiers)
            self._pause(max(GRIP_SECONDS, self._clicks.wait(button, path[0])))
            self._down(button)
            self._pause(GRIP_SECONDS)
            points = list(way(path))
            for step, point in enumerate(points, 1):
                self._carry(point, button)
                self._pause(STEP_SECONDS if step != STEPS_TO_LIFT else LIFT_SECONDS)
            # A drop target must first accept the drag, which it does when the pointer moves over it.
            for point in (points[-1], points[-2], points[-1]):
                self._carry(point, button)
                self._pause(DROP_SECONDS)

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel over a point, by at least one notch for a nonzero axis; by pixels on macOS."""
        with self._call():
            self._begin(point, modifiers)
            if sys.platform == "darwin":
                from handeye.environments.desktop.macos.events import scroll_pixels

                scroll_pixels(dx, dy)
                return
            right, down = notches(dx), notches(dy)
            while right or down:
                turn_right, turn_down = _some(right), _some(down)
                self._turn(turn_right, turn_down)
                right, down = right - turn_right, down - turn_down
                self._pause(STEP_SECONDS)

    def type(self, text: str) -> None:
        """Type every character, whatever the layout; a line feed is the enter key, a tab the tab key."""
        with self._call():
            self._require(text, ())
            if sys.platform == "win32":
                from handeye.environments.desktop.windows.events import send, text_events

                send(text_events(text))
            elif sys.platform == "darwin":
                from handeye.environments.desktop.macos.events import type_text

                type_text(text)

    def press(self, keys: Sequence[str]) -> None:
        """Press the keys in order, and release them in reverse order."""
        self.hold(keys, 0.0)

    def hold(self, keys: Sequence[str], seconds: float) -> None:
        """Press the keys, hold them all for `seconds`, and release them."""
        with self._call():
            self._press(keys)
            self._pause(seconds)

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        """Raise `ActionRejected` if the text cannot be typed or a key cannot be pressed; send nothing."""
        with self._call():
            self._require(text, keys)

    def release(self) -> None:
        """Release every held button and key."""
        with self._call():
            pass

    def close(self) -> None:
        """End the running call and release everything."""
        self._stop.set()
        with self._alone, contextlib.suppress(*self._lost):
            self._let_go()

    @contextmanager
    def _call(self) -> Iterator[None]:
        """Use pyautogui exclusively, and release everything at the end, however it ends."""
        with self._alone:
            if self._stop.is_set():
                raise EnvironmentLost(_CLOSED)
            try:
                try:
                    yield
                finally:
                    self._let_go()
            except self._lost as error:
                raise EnvironmentLost(f"the desktop is gone: {error}") from error

    def _begin(self, point: Point, modifiers: Sequence[str]) -> None:
        self._require("", modifiers)
        self._go(point)
        self._press(modifiers)

    def _go(self, point: Point) -> None:
        self._gui.moveTo(point.x, point.y)
        self.last_point = point

    def _carry(self, point: Point, button: Button) -> None:
        # Not a move: macOS has separate events for moves with a button down.
        self._gui.dragTo(point.x, point.y, duration=0, button=button, mouseDownUp=False)
        self.last_point = point

    def _down(self, button: Button) -> None:
        self._button = button
        self._gui.mouseDown(button=button)

    def _press(self, keys: Sequence[str]) -> None:
        names = self._require("", keys)
        for name in names:
            self._keys.append(name)
            self._key(name, down=True)

    def _let_go(self) -> None:
        button, self._button = self._button, None
        keys, self._keys = self._keys, []
        if button is not None:
            self._gui.mouseUp(button=button)
        for name in reversed(keys):
            self._key(name, down=False)

    def _key(self, name: str, down: bool) -> None:
        if sys.platform == "win32":
            from handeye.environments.desktop.windows.events import EXTENDED_KEYS, extended_key_event, send

            if name in EXTENDED_KEYS:
                send([extended_key_event(name, down)])
                return
        if down:
            self._gui.keyDown(name)
        else:
            self._gui.keyUp(name)

    def _require(self, text: str, keys: Sequence[str]) -> list[str]:
        """Return pyautogui's names for the keys."""
        if text and sys.platform not in ("win32", "darwin"):
            raise ActionRejected("pyautogui cannot type every character here: use X11Input")
        for character in text:
            if keysym_of_character(character) is None:
                raise ActionRejected(f"U+{ord(character):04X} is not a character that can be typed: leave it out")
        names = [_name(key) for key in keys]
        for key, name in zip(keys, names, strict=True):
            if not self._gui.isValidKey(name):
                raise ActionRejected(f"this keyboard has no key {key}: use another one")
        return names

    def _turn(self, right: int, down: int) -> None:
        if sys.platform == "win32":
            from handeye.environments.desktop.windows.events import send, wheel_events

            send(wheel_events(right, -down))
            return
        if down:
            self._gui.scroll(-down)
        if right:
            self._gui.hscroll(right)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise EnvironmentLost(_CLOSED)


def _name(key: str) -> str:
    """Return pyautogui's name for a canonical key; most are the same."""
    if sys.platform == "darwin" and key in _MAC_NAMES:
        return _MAC_NAMES[key]
    return _NAMES.get(key, key)


def _some(turn: int) -> int:
    """Return as many wheel notches as programs accept at a time."""
    return max(-NOTCHES_AT_A_TIME, min(NOTCHES_AT_A_TIME, turn))


def _load() -> Any:
    if sys.platform == "linux":
        # pyautogui connects when it is imported, and its errors then name neither the display nor a remedy.
        from handeye.environments.desktop.x11.display import open_display

        open_display(None).close()
    try:
        module = _import()
    except ImportError:
        raise MissingDependency("pyautogui", "desktop") from None
    except SystemExit:
        # Its module for showing the pointer's position exits the whole program if tkinter is missing.
        raise MissingProgram("tkinter, a part of Python", "python3-tk") from None
    module.PAUSE = 0  # type: ignore[attr-defined]
    module.FAILSAFE = False  # type: ignore[attr-defined]
    return module


def _import() -> ModuleType:
    """Import pyautogui, also where python3-Xlib fails on a missing Xauthority file."""
    from importlib import import_module

    missing = "XAUTHORITY" not in os.environ and not (Path.home() / ".Xauthority").exists()
    if sys.platform != "linux" or not missing:
        return import_module("pyautogui")
    os.environ["XAUTHORITY"] = os.devnull
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a warning when that file is empty
            return import_module("pyautogui")
    finally:
        del os.environ["XAUTHORITY"]


def _lost_errors() -> tuple[type[Exception], ...]:
    """Return the exceptions that pyautogui raises when the desktop is gone."""
    if sys.platform != "linux":
        return (OSError,)
    from Xlib.error import ConnectionClosedError

    return (OSError, ConnectionClosedError)
