"""The monitors and windows of an X11 desktop, through RandR and window manager hints (EWMH)."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handeye.actions.geometry import Box, Point
from handeye.environments.desktop.system import Field, Monitor, Window
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.keys import keysym_of_key
from handeye.environments.errors import EnvironmentLost, InvalidOption

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window as XWindow

_FOCUS_SECONDS = 2.0
_POLL = 0.02
_LONGEST = 1 << 16
"""The maximum length of a property, in units of four bytes."""
_BY_A_TOOL = 2
"""The source of an activation request: window managers refuse some requests from ordinary programs."""
_NO_PROGRAM = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_SPLASH")
"""Types of windows that belong to the desktop itself, or appear briefly while a program starts."""


class X11System:
    """A separate connection to a display, for one caller at a time."""

    def __init__(self, display: str | None) -> None:
        """Connect; None means the display in DISPLAY. Raises what `open_display` raises."""
        self._display: Display = open_display(display)
        self._name = self._display.get_display_name()
        self._root = self._display.screen().root
        self._atoms: dict[str, int] = {}

    def monitors(self) -> tuple[Monitor, ...]:
        """Return RandR 1.5's monitors, clipped to the screen; without it the screen is the only one."""
        from Xlib.error import XError

        with self._call():
            geometry = self._root.get_geometry()
            screen = Box(0, 0, geometry.width, geometry.height)
            found = []
            if self._display.has_extension("RANDR"):
                with suppress(XError, AttributeError):  # an older RandR
                    found = self._root.xrandr_get_monitors().monitors
            monitors = tuple(
                Monitor(self._display.get_atom_name(monitor.name), box, bool(monitor.primary))
                for monitor in found
                if (box := _cut(_box(monitor), screen)).size > (0, 0)
            )
            return monitors or (Monitor("screen", screen, True),)

    def windows(self) -> tuple[Window, ...]:
        """Return the window manager's windows, front to back; without a window manager, the visible ones.

        Panels and the desktop's background are left out.
        """
        with self._call():
            listed = self._ids(self._root, "_NET_CLIENT_LIST_STACKING") or self._ids(self._root, "_NET_CLIENT_LIST")
            if not listed and not self._is_managed():
                listed = [window.id for window in self._root.query_tree().children if self._is_shown(window)]
            return tuple(window for number in reversed(listed) if (window := self._window(number)) is not None)

    def active_window(self) -> Window | None:
        """Return the window manager's active window; None without a window manager."""
        with self._call():
            active = self._ids(self._root, "_NET_ACTIVE_WINDOW")
            return self._window(active[0]) if active and active[0] else None

    def focused_field(self) -> Field | None:
        """Return None: an X server knows nothing of fields."""
        return None

    def focus(self, window: Window) -> None:
        """Ask the window manager to activate the window, and wait until it has; without one, raise it directly."""
        from Xlib import X
        from Xlib.protocol.event import ClientMessage

        with self._call():
            target = self._display.create_resource_object("window", window.id)
            if self._is_managed():
                atom = self._atom("_NET_ACTIVE_WINDOW")
                message = ClientMessage(
                    window=target, client_type=atom, data=(32, [_BY_A_TOOL, X.CurrentTime, 0, 0, 0])
                )
                self._root.send_event(message, X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            else:
                target.configure(stack_mode=X.Above)
                target.set_input_focus(X.RevertToParent, X.CurrentTime)
            self._display.sync()
            deadline = time.monotonic() + _FOCUS_SECONDS
            while self._is_managed() and self._ids(self._root, "_NET_ACTIVE_WINDOW")[:1] != [window.id]:
                if time.monotonic() > deadline:
                    return
                time.sleep(_POLL)

    def has_window_manager(self) -> bool:
        """Return whether a window manager is running."""
        with self._call():
            return self._is_managed()

    def sever(self) -> None:
        """Cut the connection of a call that hangs."""
        with suppress(OSError):
            self._display.display.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Disconnect, without waiting for the server."""
        with suppress(OSError):
            self._display.display.socket.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        from Xlib.error import ConnectionClosedError

        try:
            yield
        # A closed socket has no file descriptor (ValueError).
        except (ConnectionClosedError, OSError, ValueError) as error:
            raise EnvironmentLost(f"the X display {self._name} is gone: {error}") from error

    def _window(self, number: int) -> Window | None:
        """Return the window; None if it is gone or is part of the desktop itself."""
        from Xlib.error import XError

        window = self._display.create_resource_object("window", number)
        try:
            if set(self._ids(window, "_NET_WM_WINDOW_TYPE")) & {self._atom(name) for name in _NO_PROGRAM}:
                return None
            geometry = window.get_geometry()
            corner = window.translate_coords(self._root, 0, 0)
            kinds = tuple(kind.lower() for kind in window.get_wm_class() or ())
            process = self._process(window)
            return Window(
                number,
                self._text(window, "_NET_WM_NAME") or self._text(window, "WM_NAME"),
                _process_name(process) or (kinds[-1] if kinds else ""),
                process,
                kinds,
                # The reply gives the position of the window's corner relative to the root, with inverted signs.
                Box(-corner.x, -corner.y, geometry.width - corner.x, geometry.height - corner.y),
            )
        except XError:
            return None

    def _process(self, window: "XWindow") -> int | None:
        machine = self._text(window, "WM_CLIENT_MACHINE")
        if machine and machine != socket.gethostname():
            return None
        found = self._ids(window, "_NET_WM_PID")
        return found[0] if found else None

    def _is_managed(self) -> bool:
        """Return whether the window manager's check window exists: one that died leaves its name behind."""
        from Xlib.error import XError

        check = self._ids(self._root, "_NET_SUPPORTING_WM_CHECK")
        if not check:
            return False
        with suppress(XError):
            window = self._display.create_resource_object("window", check[0])
            return self._ids(window, "_NET_SUPPORTING_WM_CHECK") == check
        return False

    def _is_shown(self, window: "XWindow") -> bool:
        from Xlib import X
        from Xlib.error import XError

        with suppress(XError):
            attributes = window.get_attributes()
            return attributes.map_state == X.IsViewable and not attributes.override_redirect
        return False

    def _atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = self._display.intern_atom(name)
        return self._atoms[name]

    def _ids(self, window: "XWindow", name: str) -> list[int]:
        """Return the numbers in a property; none if the window does not have it."""
        found = window.get_property(self._atom(name), 0, 0, _LONGEST)
        return list(found.value) if found is not None and found.format == 32 else []

    def _text(self, window: "XWindow", name: str) -> str:
        found = window.get_property(self._atom(name), 0, 0, _LONGEST)
        if found is None or found.format != 8:
            return ""
        value = found.value.encode("latin-1") if isinstance(found.value, str) else bytes(found.value)
        encoding = "latin-1" if found.property_type == self._atom("STRING") else "utf-8"
        return value.decode(encoding, errors="replace").rstrip("\0")


class X11Probe:
    """A separate connection that only reads the pointer and the keyboard."""

    def __init__(self, display: str | None) -> None:
        """Connect; None means the display in DISPLAY. Raises what `open_display` raises."""
        self._display: Display = open_display(display)

    def pointer(self) -> Point:
        """Return the pointer's position, in pixels of the screen."""
        with self._call():
            reply = self._display.screen().root.query_pointer()
            return Point(reply.root_x, reply.root_y)

    def is_held(self, key: str) -> bool:
        """Return whether a key with this meaning in the current keyboard layout is down."""
        keysym = keysym_of_key(key)
        if keysym is None:
            raise InvalidOption(f"no desktop keyboard has the key {key}")
        with self._call():
            down = self._display.query_keymap()
            codes = [code for code, _ in self._display.keysym_to_keycodes(keysym)]
            return any(down[code // 8] >> code % 8 & 1 for code in codes)

    def close(self) -> None:
        """Disconnect, without waiting for the server."""
        with suppress(OSError):
            self._display.display.socket.close()

    @contextmanager
    def _call(self) -> Iterator[None]:
        from Xlib.error import ConnectionClosedError

        try:
            yield
        except (ConnectionClosedError, OSError, ValueError) as error:
            raise EnvironmentLost(f"the X display is gone: {error}") from error


def _box(monitor: Any) -> Box:
    x, y = monitor.x, monitor.y
    return Box(x, y, x + monitor.width_in_pixels, y + monitor.height_in_pixels)


def _cut(box: Box, screen: Box) -> Box:
    left, top = max(box.left, screen.left), max(box.top, screen.top)
    return Box(left, top, max(left, min(box.right, screen.right)), max(top, min(box.bottom, screen.bottom)))


def _process_name(process: int | None) -> str:
    if process is None:
        return ""
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text(errors="replace").strip()
    return ""
