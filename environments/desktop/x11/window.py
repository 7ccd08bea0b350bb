"""The window in front, and whether its program has read the input sent to it.

Window managers detect hung programs with `_NET_WM_PING`: the program returns the message when it processes it, which is
after all keys that were sent before. So its speed does not have to be guessed.
Source: "Extended Window Manager Hints", and ICCCM 4.1.2.7 for `WM_PROTOCOLS`.
"""

import itertools
import select
import time
from typing import TYPE_CHECKING

from handeye.environments.desktop.x11.device import X11Device

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Window

_SLICE = 0.05
"""Seconds between checks whether the device is being closed."""


class FrontWindow:
    """The window with the keyboard focus. For use inside the device's `call`."""

    def __init__(self, device: X11Device) -> None:
        self._device = device
        self._numbers = itertools.count(1)

    def has_read(self, limit: float) -> bool | None:
        """Wait until the program has read all input; return whether it did within `limit` seconds.

        Returns None for a program that cannot be asked, such as xterm. It is asked twice: whatever it requested from
        the server when it read the first message, such as the new keymap, has arrived when it reads the second one.
        """
        from Xlib.error import XError

        self._device.sync()
        try:
            window = self._find()
            return None if window is None else self._answers(window, limit) and self._answers(window, limit)
        except XError:  # the window is gone, and its program will not read
            return True

    def _answers(self, window: "Window", limit: float) -> bool:
        from Xlib import X
        from Xlib.protocol.event import ClientMessage

        display, root = self._device.display, self._device.root
        protocols, ping = display.intern_atom("WM_PROTOCOLS"), display.intern_atom("_NET_WM_PING")
        number = next(self._numbers)
        root.change_attributes(event_mask=X.SubstructureNotifyMask)
        try:
            message = ClientMessage(window=window, client_type=protocols, data=(32, [ping, number, window.id, 0, 0]))
            window.send_event(message)
            deadline = time.monotonic() + limit
            while time.monotonic() < deadline:
                self._device.pause(0)
                while display.pending_events():
                    event = display.next_event()
                    if event.type == X.ClientMessage and list(event.data[1][:3]) == [ping, number, window.id]:
                        return True
                select.select([display], [], [], _SLICE)
                if window.get_attributes().map_state != X.IsViewable:
                    return True  # for example, a dialog closed by the enter key no longer answers
            return False
        finally:
            root.change_attributes(event_mask=0)

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
