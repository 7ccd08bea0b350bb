"""The window in front, whether its program has read the input sent to it, and whether other windows come up.

Window managers detect hung programs with `_NET_WM_PING`: the program returns the message when it processes it, which is
after all keys that were sent before. So its speed does not have to be guessed. Programs that do not answer (Tk, Java,
xterm) are at rest when their process sleeps, if it runs on this machine.
Source: "Extended Window Manager Hints", ICCCM 4.1.2.7 for `WM_PROTOCOLS`, and the X-Resource extension 1.2.
"""

import itertools
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from handeye.environments.desktop.process import is_at_rest
from handeye.environments.desktop.x11.device import X11Device

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

_SLICE = 0.05
"""Seconds between checks whether the device is being closed."""
_JAVA_FOCUS, _JAVA_LIBRARY = "FocusProxy", "/libjvm.so"
"""The class of the window that gets the keys of a Java program's window, and what such a program has loaded."""
_REST_POLL = 0.001
_REST_SECONDS = 0.5
"""How long a program that cannot be asked may work before it counts as one that never rests."""


class FrontWindow:
    """The window with the keyboard focus. For use inside the device's `call`."""

    def __init__(self, device: X11Device) -> None:
        self._device = device
        self._numbers = itertools.count(1)
        self._answered = 0
        self._came = False
        self._watching = False
        self._known: tuple[Window | None, int | None] | None = None
        """While it is watched: the window that answers pings, and the process of the focused one."""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Notice windows that come up meanwhile, and ask the same one until `look_again`."""
        self._watching, self._came, self._known = True, False, None
        try:
            with self._selected():
                yield
        finally:
            self._watching, self._known = False, None

    def look_again(self) -> None:
        """Find out anew which window is in front: the focus has moved."""
        self._known = None

    def came_up(self) -> bool:
        """Return whether any window has been made since the last call, as far as the server has told."""
        self._read_events()
        came, self._came = self._came, False
        return came

    def has_read(self, limit: float, *, twice: bool = True) -> bool | None:
        """Wait until the program has read all input; return whether it did within `limit` seconds.

        Returns None for a program that cannot be asked, such as xterm. twice: whatever it requested from the server
        when it read the first message, such as the new keymap, has arrived when it reads the second one.
        """
        from Xlib.error import XError

        self._device.sync()
        try:
            window, _ = self._front()
            if window is None:
                return None
            return self._answers(window, limit) and (not twice or self._answers(window, limit))
        except XError:  # the window is gone, and its program will not read
            return True

    def rests(self) -> bool:
        """Wait until the program of the focused window is at rest, at most half a second; return whether it is.

        False at once for a program that runs on another machine.
        """
        from Xlib.error import XError

        self._device.sync()
        try:
            _, process = self._front()
        except XError:
            return True
        if process is None:
            return False
        deadline = time.monotonic() + _REST_SECONDS
        in_a_row = 0
        while in_a_row < 2:
            if time.monotonic() > deadline:
                return False
            self._device.pause(_REST_POLL)
            in_a_row = in_a_row + 1 if is_at_rest(process) else 0
        return True

    def is_java(self) -> bool:
        """Return whether the focused window is that of a Java program."""
        from Xlib.error import XError

        try:
            focus = self._device.display.get_input_focus().focus
            if isinstance(focus, int):
                return False
            _, process = self._front()
            return (focus.get_wm_class() or ())[-1:] == (_JAVA_FOCUS,) or (process is not None and _has_loaded(process))
        except XError:
            return False

    def _answers(self, window: "Window", limit: float) -> bool:
        from Xlib import X
        from Xlib.protocol.event import ClientMessage

        display = self._device.display
        protocols, ping = display.intern_atom("WM_PROTOCOLS"), display.intern_atom("_NET_WM_PING")
        number = next(self._numbers)
        with self._selected():
            message = ClientMessage(window=window, client_type=protocols, data=(32, [ping, number, window.id, 0, 0]))
            window.send_event(message)
            deadline = time.monotonic() + limit
            while time.monotonic() < deadline:
                self._device.pause(0)
                self._read_events()
                if self._answered >= number:
                    return True
                select.select([display], [], [], _SLICE)
                self._read_events()
                if self._answered >= number:
                    return True
                if window.get_attributes().map_state != X.IsViewable:
                    return True  # for example, a dialog closed by the enter key no longer answers
            return False

    @contextmanager
    def _selected(self) -> Iterator[None]:
        """Get the answers, which programs send to the root window, and the events of its windows."""
        from Xlib import X

        root = self._device.root
        root.change_attributes(event_mask=X.SubstructureNotifyMask)
        try:
            yield
        finally:
            root.change_attributes(event_mask=X.SubstructureNotifyMask if self._watching else 0)

    def _read_events(self) -> None:
        from Xlib import X

        display = self._device.display
        ping = display.intern_atom("_NET_WM_PING")
        while display.pending_events():
            event = display.next_event()
            if event.type == X.ClientMessage and event.data[0] == 32 and event.data[1][0] == ping:
                self._answered = max(self._answered, event.data[1][1])
            elif event.type in (X.CreateNotify, X.MapNotify):
                self._came = True

    def _front(self) -> "tuple[Window | None, int | None]":
        if self._known is not None:
            return self._known
        found = self._find(), self._process()
        if self._watching:
            self._known = found
        return found

    def _find(self) -> "Window | None":
        """Return the front window, or the one that contains the focused window, if its program answers pings."""
        from Xlib import X, Xatom

        display = self._device.display
        active = self._device.root.get_full_property(display.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW)
        if active is not None and len(active.value) and active.value[0]:
            candidate = display.create_resource_object("window", active.value[0])
        else:
            candidate = display.get_input_focus().focus
        while candidate not in (X.NONE, X.PointerRoot, self._device.root):
            if self._takes_pings(candidate):
                return candidate
            candidate = candidate.query_tree().parent
        return None

    def _takes_pings(self, window: "Window") -> bool:
        from Xlib import Xatom

        protocols = window.get_full_property(self._device.display.intern_atom("WM_PROTOCOLS"), Xatom.ATOM)
        return protocols is not None and self._device.display.intern_atom("_NET_WM_PING") in protocols.value

    def _process(self) -> int | None:
        """Return the process of the focused window, if it is one of this machine's."""
        focus = self._device.display.get_input_focus().focus
        return None if isinstance(focus, int) else process_of(self._device.display, focus.id)


def _has_loaded(process: int) -> bool:
    with suppress(OSError):
        return _JAVA_LIBRARY in Path(f"/proc/{process}/maps").read_text(errors="replace")
    return False


def process_of(display: "Display", window: int) -> int | None:
    """Return the process that made a window, as the server knows it; None if it runs on another machine."""
    from Xlib.ext import res

    if not display.has_extension("X-Resource"):
        return None
    found = display.res_query_client_ids([{"client": window, "mask": res.LocalClientPIDMask}]).ids
    return int(found[0].value[0]) if found and len(found[0].value) else None
