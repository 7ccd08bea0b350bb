"""A person's input on an X11 display, from the RECORD extension: all input in every window."""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from handeye.actions.fields import Button
from handeye.actions.geometry import Point
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.errors import DisplayRefused
from handeye.environments.recording.events import ButtonDown, ButtonUp, HandEvent, KeyDown, KeyUp, Moved, Wheel, Wrote
from handeye.environments.recording.keysyms import character_of_keysym, held_modifiers, key_of_keysym

if TYPE_CHECKING:
    from Xlib.display import Display

_BUTTONS: dict[int, Button] = {1: "left", 2: "middle", 3: "right"}
_NOTCH = 120
"""Pixels per wheel notch, the same as for a desktop's `scroll`."""
_WHEEL = {4: (0, -_NOTCH), 5: (0, _NOTCH), 6: (-_NOTCH, 0), 7: (_NOTCH, 0)}
_LOCK, _CHORD, _LEVEL_3 = 2, 4 | 8 | 64, 128
_KEYPAD = range(0xFF80, 0xFFBA)
_NUM_LOCK = 16
_GROUP_SHIFT = 13
_STOP_KEY = "pause"
_JOIN_SECONDS = 5.0
_BEGIN_SECONDS = 10.0


class X11Hands:
    """Listens to one display on its own thread."""

    def __init__(self, display_name: str | None, pixel: Callable[[Point], Point]) -> None:
        """Connect and listen; `pixel` maps a point of the display to the screenshot.

        Raises what `open_display` raises, and `DisplayRefused` for a display without the RECORD extension.
        """
        self.events: queue.SimpleQueue[HandEvent] = queue.SimpleQueue()
        self.ended = False
        """Whether the stop key was pressed, or the display is gone."""
        self._pixel = pixel
        self._display = open_display(display_name)
        name = self._display.get_display_name()
        if not self._display.has_extension("RECORD"):
            self._display.close()
            raise DisplayRefused(f"the X display {name} has no RECORD extension, so nothing on it can be recorded")
        self._heard = open_display(display_name)
        self._own = _own_terminal(name)
        self._pressed: set[int] = set()
        self._context = self._heard.record_create_context(0, [_all_clients()], [_device_events()])
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="handeye-hands", daemon=True)
        self._thread.start()
        self._begun.wait(_BEGIN_SECONDS)  # what is done before the server records is lost

    def close(self) -> None:
        """Stop listening. May be called repeatedly."""
        from Xlib.error import ConnectionClosedError

        with contextlib.suppress(ConnectionClosedError, OSError):
            self._display.record_disable_context(self._context)
            self._display.flush()
        self._thread.join(_JOIN_SECONDS)
        for display in (self._display, self._heard):
            with contextlib.suppress(ConnectionClosedError, OSError):
                display.close()

    def _listen(self) -> None:
        from Xlib.error import ConnectionClosedError

        try:
            self._heard.record_enable_context(self._context, self._reply)
            self._heard.record_free_context(self._context)
        except (ConnectionClosedError, OSError):
            self.ended = True
        finally:
            self._begun.set()

    def _reply(self, reply: Any) -> None:
        """Process the events of one reply. The first has none: it signals that listening has begun."""
        from Xlib.protocol import rq

        self._begun.set()
        data = reply.data
        while len(data) >= 32:
            event, data = rq.EventField("event").parse_binary_value(data, self._heard.display, None, None)
            self._take(event, time.time())

    def _take(self, event: Any, now: float) -> None:
        from Xlib import X

        match event.type:
            case X.KeyPress:
                if not self._in_own_terminal(by_pointer=False):
                    self._key_down(now, event.detail, event.state)
            case X.KeyRelease:
                key = key_of_keysym(self._keysym(event.detail, 0))
                if key is not None:
                    self.events.put(KeyUp(now, key))
            case X.ButtonPress:
                if not self._in_own_terminal(by_pointer=True):
                    self._button_down(now, event)
            case X.ButtonRelease if event.detail in self._pressed:
                self._pressed.discard(event.detail)
                self.events.put(ButtonUp(now, self._point(event)))
            case X.MotionNotify if self._pressed:
                self.events.put(Moved(now, self._point(event)))

    def _button_down(self, now: float, event: Any) -> None:
        point, held = self._point(event), held_modifiers(event.state)
        if event.detail in _WHEEL:
            dx, dy = _WHEEL[event.detail]
            self.events.put(Wheel(now, point, dx, dy, held))
        elif event.detail in _BUTTONS:
            self._pressed.add(event.detail)
            self.events.put(ButtonDown(now, point, _BUTTONS[event.detail], held))

    def _key_down(self, now: float, keycode: int, state: int) -> None:
        held = held_modifiers(state)
        keysym = self._keysym(keycode, state)
        key, character = key_of_keysym(keysym), character_of_keysym(keysym)
        if key == _STOP_KEY and not held:
            self.ended = True
        elif key is not None:
            self.events.put(KeyDown(now, key, tuple(modifier for modifier in held if modifier != key)))
        elif character is not None and state & _CHORD:
            plain = character_of_keysym(self._keysym(keycode, 0)) or character
            self.events.put(KeyDown(now, "space" if plain == " " else plain, held))
        elif character is not None:
            self.events.put(Wrote(now, character))

    def _keysym(self, keycode: int, state: int) -> int:
        """Return a key's meaning with the held modifiers. The map is read again, because layouts are switched."""
        (keysyms,) = self._display.get_keyboard_mapping(keycode, 1)
        group = 2 * (state >> _GROUP_SHIFT & 1)
        levels = [_at(keysyms, index) for index in (group, group + 1)]
        if state & _LEVEL_3 and (_at(keysyms, 4) or _at(keysyms, 5)):
            levels = [_at(keysyms, 4), _at(keysyms, 5)]
        if not any(levels):
            levels = [_at(keysyms, 0), _at(keysyms, 1)]
        plain, shifted = levels[0], levels[1] or levels[0]
        shift = bool(state & 1)
        if shifted in _KEYPAD:
            return shifted if bool(state & _NUM_LOCK) != shift else plain
        keysym = shifted if shift else plain
        character = character_of_keysym(plain)
        if state & _LOCK and character is not None and character.isalpha():
            return plain if shift else shifted
        return keysym

    def _point(self, event: Any) -> Point:
        return self._pixel(Point(event.root_x, event.root_y))

    def _in_own_terminal(self, by_pointer: bool) -> bool:
        """Return whether input goes to the terminal that the recording was started in, which is not part of it."""
        from Xlib.error import BadWindow

        if self._own is None:
            return False
        root = self._display.screen().root
        try:
            focus = root.query_pointer().child if by_pointer else self._display.get_input_focus().focus
            if isinstance(focus, int) or focus.id == root.id:
                return False
            own = self._display.create_resource_object("window", self._own)
            return _top(self._display, focus) == _top(self._display, own)
        except BadWindow:
            return False


def _top(display: "Display", window: Any) -> int:
    """Return the top-level window that contains a window: its window manager frame."""
    root = display.screen().root.id
    while (parent := window.query_tree().parent) and parent.id != root:
        window = parent
    return int(window.id)


def _own_terminal(display_name: str) -> int | None:
    """Return the window of this program's terminal, if it is known and on this display."""
    window = os.environ.get("WINDOWID", "")
    return int(window) if window.isdecimal() and os.environ.get("DISPLAY") == display_name else None


def _at(keysyms: Any, index: int) -> int:
    return int(keysyms[index]) if index < len(keysyms) else 0


def _all_clients() -> int:
    from Xlib.ext import record

    return int(record.AllClients)


def _device_events() -> dict[str, Any]:
    from Xlib import X

    nothing: dict[str, Any] = {
        "core_requests": (0, 0),
        "core_replies": (0, 0),
        "ext_requests": (0, 0, 0, 0),
        "ext_replies": (0, 0, 0, 0),
        "delivered_events": (0, 0),
        "errors": (0, 0),
        "client_started": False,
        "client_died": False,
    }
    return {**nothing, "device_events": (X.KeyPress, X.MotionNotify)}
