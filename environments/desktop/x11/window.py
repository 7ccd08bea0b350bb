"""The window in front, and whether its program has read the input that was sent to it.

Window managers find out whether a program hangs by `_NET_WM_PING`: the program sends the message back when it comes to
it, and it comes to it after all the keys that were sent before. So nothing needs to be guessed about its speed.
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
"""Seconds between looks at whether the device is being closed."""


class FrontWindow:
    """The window that has the keyboard. For use inside the device's `call`."""

    def __init__(self, device: X11Device) -> None:
        self._device = device
        self._numbers = itertools.count(1)

    def has_read(self, limit: float) -> bool | None:
        """Wait until the program has read all input; return whether it has within `limit` seconds.

        None of a program that cannot be asked, as xterm. It is asked twice: what it asked the server for when it read
        the first message, such as the keyboard's new map, it has got when it reads the second one.
        """
        from Xlib.error import XError

        self._device.sync()
        try:
            window = self._find()
            return None if window is None else self._answers(window, limit) and self._answers(window, limit)
        except XError:  # the window went away meanwhile, and with it whoever would read
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
                    return True  # as a dialog that the enter key has closed: it answers no more
            return False
        finally:
            root.change_attributes(event_mask=0)

    def _find(self) -> "Window | None":
        """The window in front, or the one that holds what has the keyboard, if its program answers pings."""
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
