"""The pointer and the keyboard on Windows and macOS, through pyautogui.

Its pauses and its fail-safe are turned off: a corner of the screen is a position like any other, and the environment
has its own kill switch. Key names are checked, because pyautogui ignores unknown ones. Text and the wheel use the
system's own events, because pyautogui drops characters that are not on a US keyboard and cannot scroll sideways on
Windows.

It also works on X11 except for text, although `X11Input` is better there: that is how it is tested.
"""

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module

from handeye.actions.geometry import Point
from handeye.actions.keys import MODIFIERS
from handeye.environments.desktop.gestures import NOTCHES_AT_A_TIME, ClickMemory, key_seconds, notches
from handeye.environments.desktop.input import KEPT, MOVED, Button, Focus, PartlyDone
from handeye.environments.desktop.macos.events import chunks
from handeye.environments.desktop.pyautogui_module import load_pyautogui, lost_errors
from handeye.environments.desktop.x11.keys import keysym_of_character
from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.hand import (
    DROP_SECONDS,
    GRIP_SECONDS,
    LIFT_SECONDS,
    PRESS_SECONDS,
    REPEAT_DELAY,
    REPEAT_SECONDS,
    STEP_SECONDS,
    STEPS_TO_LIFT,
    way,
)

_CLOSED = "the desktop's input is closed"
_UNREPEATED = frozenset({*MODIFIERS, "capslock", "numlock", "scrolllock"})
_PORTION = 20
"""Characters of a long text that are typed between two looks at the focus."""
_CATCH_UP = 0.02
"""Seconds between two portions: neither system tells when a program has read them."""
_NAMES = {"menu": "apps", "meta": "winleft"}
_MAC_NAMES = {"meta": "command", "alt": "option"}


class PyautoguiInput:
    """A `DesktopInput` in the system's own units: pixels on Windows and X11, points on macOS."""

    def __init__(self) -> None:
        """Load pyautogui. Raises `MissingDependency`, `MissingProgram`, and on X11 what `open_display` raises."""
        self._gui = load_pyautogui()
        self._alone = threading.Lock()
        self._stop = threading.Event()
        self._clicks = ClickMemory()
        self._keys: list[str] = []
        self._button: Button | None = None
        self._lost = lost_errors()
        self.last_point: Point | None = None

    def pointer(self) -> Point:
        """Return where the pointer is."""
        with self._call():
            return self._at()

    def move(self, point: Point) -> None:
        """Move the pointer there."""
        with self._call():
            self._go(point)

    def click(self, point: Point, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Click `count` times; an earlier click never counts as one of them."""
        with self._call():
            self._begin(point, modifiers)
            self._pause(self._clicks.wait(button, point))
            for clicked in range(count):
                if clicked:
                    self._pause(PRESS_SECONDS)
                try:
                    self._click(point, button, clicked + 1)
                except (ActionRejected, PartlyDone) as error:
                    raise (PartlyDone(str(error), clicked) if clicked else error) from None
            self._clicks.note(button, point)

    def long_press(self, point: Point, seconds: float) -> None:
        """Hold the left button down for `seconds`."""
        with self._call():
            self._go(point)
            self._pause(self._clicks.wait("left", point))
            self._down("left")
            self._pause(seconds)

    def drag(
        self,
        path: Sequence[Point],
        button: Button = "left",
        modifiers: Sequence[str] = (),
        hold_seconds: float = 0.0,
    ) -> None:
        """Hold the button down along the path, after `hold_seconds` at its first point."""
        with self._call():
            self._begin(path[0], modifiers)
            self._pause(max(GRIP_SECONDS, self._clicks.wait(button, path[0])))
            self._down(button)
            self._pause(max(GRIP_SECONDS, hold_seconds))
            points = list(way(path))
            for step, point in enumerate(points, 1):
                self._carry(point, button)
                self._pause(STEP_SECONDS if step != STEPS_TO_LIFT else LIFT_SECONDS)
            # A drop target must first accept the drag, which it does when the pointer moves over it.
            for point in (points[-1], points[-2], points[-1]):
                self._carry(point, button)
                self._pause(DROP_SECONDS)
            at = self._at()
            if not _is_there(at, path[-1]):
                raise PartlyDone(f"the pointer cannot be moved to {path[-1]}, only to {at}: {KEPT}", at=at)

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

    def focus(self) -> Focus:
        """Return where keys go; nothing about it on X11."""
        with self._call():
            return self._focus()

    def type(self, text: str, to: Focus | None = None) -> None:
        """Type every character, whatever the layout; a line feed is the enter key, a tab the tab key."""
        with self._call():
            self._require(text, ())
            focus = self._require_focus(to)
            typed = 0
            while typed < len(text):
                seconds = key_seconds(typed, len(text))
                portion = text[typed] if seconds else next(chunks(text[typed : typed + _PORTION]))
                try:
                    if typed and self._focus() != focus:
                        raise PartlyDone("another window has come to the front: look again")
                    _send_text(portion, PRESS_SECONDS if seconds else 0.0)
                except (ActionRejected, PartlyDone) as error:
                    raise (PartlyDone(str(error), typed) if typed else error) from None
                typed += len(portion)
                self._pause(max(seconds - PRESS_SECONDS, _CATCH_UP))

    def press(self, keys: Sequence[str], to: Focus | None = None) -> None:
        """Press the keys in order, and release them in reverse order."""
        self.hold(keys, PRESS_SECONDS, to)

    def hold(self, keys: Sequence[str], seconds: float, to: Focus | None = None) -> None:
        """Press the keys, hold them all for `seconds`, and release them; the last one repeats, as on a keyboard."""
        with self._call():
            self._require("", keys)
            self._require_focus(to)
            self._press(keys)
            end = time.monotonic() + max(seconds, PRESS_SECONDS)
            self._pause(min(REPEAT_DELAY, max(seconds, PRESS_SECONDS)))
            while (left := end - time.monotonic()) > 0:
                self._repeat(keys[-1])
                self._pause(min(REPEAT_SECONDS, left))

    def is_shortcut(self, keys: Sequence[str]) -> bool:
        """Return false: neither system tells."""
        return False

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
        with self._alone, suppress(*self._lost):
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
        before = self._at()
        self._gui.moveTo(point.x, point.y)
        at = self._at()
        if not _is_there(at, point):
            self._gui.moveTo(*before)
            raise ActionRejected(f"the pointer cannot be moved to {point}, only to {at}: {KEPT}")
        self.last_point = point

    def _at(self) -> Point:
        return Point(*map(int, self._gui.position()))

    def _click(self, point: Point, button: Button, number: int) -> None:
        if sys.platform == "darwin":
            from handeye.environments.desktop.macos.events import click_event

            click_event(point, button, number, True)
            try:
                self._pause(PRESS_SECONDS)
            finally:
                click_event(point, button, number, False)
            return
        self._down(button)
        self._pause(PRESS_SECONDS)
        self._button = None
        self._gui.mouseUp(button=button)

    def _focus(self) -> Focus:
        if sys.platform == "win32":
            from handeye.environments.desktop.windows.focus import keyboard_focus

            return keyboard_focus()
        if sys.platform == "darwin":
            from handeye.environments.desktop.macos.focus import keyboard_focus as mac_focus

            return mac_focus()
        return Focus(None)

    def _require_focus(self, to: Focus | None) -> Focus:
        focus = self._focus()
        if to is not None and (focus.problem or focus != to):
            raise ActionRejected(focus.problem or MOVED)
        return focus

    def _repeat(self, key: str) -> None:
        """Press a held key again: what is sent by a program does not repeat by itself, except on X11."""
        if key in _UNREPEATED or sys.platform == "linux":
            return
        if sys.platform == "darwin":
            from handeye.environments.desktop.macos.events import repeat_key

            code = import_module("pyautogui._pyautogui_osx").keyboardMapping.get(_name(key))
            if code is not None:
                repeat_key(code)
            return
        self._key(_name(key), down=True)

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


def _send_text(portion: str, seconds: float) -> None:
    """Type what fits into one event, with each key down for so many seconds."""
    if sys.platform == "win32":
        from handeye.environments.desktop.windows.events import send, text_events

        if not seconds:
            send(text_events(portion))
            return
        events = text_events(portion)
        send(events[::2])
        time.sleep(seconds)
        send(events[1::2])
    elif sys.platform == "darwin":
        from handeye.environments.desktop.macos.events import type_chunk

        type_chunk(portion, seconds)


def _is_there(at: Point, point: Point) -> bool:
    """Return whether the pointer is where it was moved; macOS may round by one."""
    return max(abs(at.x - point.x), abs(at.y - point.y)) <= (1 if sys.platform == "darwin" else 0)


def _name(key: str) -> str:
    """Return pyautogui's name for a canonical key; most are the same."""
    if sys.platform == "darwin" and key in _MAC_NAMES:
        return _MAC_NAMES[key]
    return _NAMES.get(key, key)


def _some(turn: int) -> int:
    """Return as many wheel notches as programs accept at a time."""
    return max(-NOTCHES_AT_A_TIME, min(NOTCHES_AT_A_TIME, turn))
