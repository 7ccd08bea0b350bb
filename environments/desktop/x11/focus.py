"""Which window gets the keys, and whether a program takes them at all.

Keys go to the window with the input focus, or to the one under the pointer if the focus is that of the pointer. A
program that has grabbed the keyboard gets them instead. The server does not tell who has, but refuses to grab it for
another: with a window that is not shown, the attempt itself never succeeds, and disturbs nobody.
Source: the X protocol, `GetInputFocus`, `SetInputFocus` and `GrabKeyboard`.
"""

from typing import TYPE_CHECKING

from handeye.environments.desktop.input import Focus
from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.selection import client_of

if TYPE_CHECKING:
    from Xlib.xobject.drawable import Window

_CLICK_FIRST = "click the window to type into first, or open it"
LOCKED = "a program covers the whole screen and takes all input, as a locked screen does: a person has to unlock it"
_SERVERS_OWN = 1 << 29
"""The least number of a window that the server made itself, such as the one that compositing managers draw on."""
_MOST_WINDOWS = 500
"""Windows within a window that are asked whether they take keys."""


class KeyboardFocus:
    """The keyboard focus of a display. For use inside the device's `call`."""

    def __init__(self, device: X11Device) -> None:
        self._device = device
        self._probe: Window | None = None

    def now(self) -> Focus:
        """Return where keys go now."""
        from Xlib.error import XError

        taken = self._is_grabbed("keyboard")
        if taken and self.is_locked():
            return Focus(None, taken, LOCKED)
        try:
            return self._found(taken)
        except XError:  # the window is closing
            return Focus(None, taken, f"the window with the keyboard has just closed: {_CLICK_FIRST}")

    def raw(self) -> tuple[int, bool]:
        """Return the number of the focused window, and whether the keyboard is grabbed: fewer requests than `now`."""
        focus = self._device.display.get_input_focus().focus
        return (focus if isinstance(focus, int) else focus.id), self._is_grabbed("keyboard")

    def is_locked(self) -> bool:
        """Return whether a program covers the whole screen, outside of the window manager, and has all input."""
        from Xlib.error import XError

        if not (self._is_grabbed("keyboard") and self._is_grabbed("pointer")):
            return False
        screen = self._device.root.get_geometry()
        own = {client_of(self._device.display, window) for window in self._support_windows()}
        for window in reversed(self._device.root.query_tree().children):
            try:
                foreign = window.id < _SERVERS_OWN and client_of(self._device.display, window.id) not in own
                if foreign and self._covers(window, screen):
                    return True
            except XError:
                continue
        return False

    def _covers(self, window: "Window", screen: object) -> bool:
        from Xlib import X

        attributes, box = window.get_attributes(), window.get_geometry()
        size = (screen.width, screen.height)  # type: ignore[attr-defined]
        return (
            attributes.map_state == X.IsViewable
            and bool(attributes.override_redirect)
            and box.x <= 0
            and box.y <= 0
            and box.x + box.width >= size[0]
            and box.y + box.height >= size[1]
        )

    def _found(self, taken: bool) -> Focus:
        from Xlib import X

        focus = self._device.display.get_input_focus().focus
        if focus == X.NONE:
            return Focus(None, taken, "" if taken else f"no window has the keyboard: {_CLICK_FIRST}")
        if focus == X.PointerRoot or focus == self._device.root:
            child = self._device.root.query_pointer().child
            if child == X.NONE:
                return Focus(None, taken, "" if taken else f"no window has the keyboard: {_CLICK_FIRST}")
            return Focus(child.id, taken, "" if taken or self._takes_keys(child) else _takes_none())
        top, root = self._top(focus)
        if root != self._device.root:
            return Focus(
                None, taken, f"the window with the keyboard is on another screen of the display: {_CLICK_FIRST}"
            )
        if top.id in self._support_windows():
            return Focus(None, taken, "" if taken else f"no window is active: {_CLICK_FIRST}")
        return Focus(top.id, taken, "" if taken or self._takes_keys(focus) else _takes_none())

    def _top(self, window: "Window") -> tuple["Window", "Window"]:
        """Return the root's child that contains a window, and that root."""
        while True:
            tree = window.query_tree()
            if tree.parent == tree.root or isinstance(tree.parent, int):
                return window, tree.root
            window = tree.parent

    def _takes_keys(self, window: "Window") -> bool:
        """Return whether a program may take keys sent to a window or, if the pointer is there, to one inside it.

        Programs that ask for keys with the X Input extension (GTK's) cannot be recognized as such, but answer pings.
        """
        from Xlib import X, Xatom

        display = self._device.display
        protocols, ping = display.intern_atom("WM_PROTOCOLS"), display.intern_atom("_NET_WM_PING")
        level = [window]
        for _ in range(_MOST_WINDOWS):
            if not level:
                break
            current = level.pop(0)
            if current.get_attributes().all_event_masks & (X.KeyPressMask | X.KeyReleaseMask):
                return True
            level += current.query_tree().children
        while window != self._device.root and not isinstance(window, int):
            found = window.get_full_property(protocols, Xatom.ATOM)
            if found is not None and ping in found.value:
                return True
            window = window.query_tree().parent
        return False

    def _support_windows(self) -> list[int]:
        """Return the window manager's own window, which has the focus when no program's has."""
        from Xlib import Xatom

        name = self._device.display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        found = self._device.root.get_full_property(name, Xatom.WINDOW)
        return [] if found is None else [int(window) for window in found.value]

    def _is_grabbed(self, device: str) -> bool:
        from Xlib import X

        display = self._device.display.display
        if self._probe is None or self._probe.display is not display:  # an interrupt renews the connection
            self._probe = self._device.root.create_window(0, 0, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent)
        if device == "keyboard":
            status = self._probe.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        else:
            status = self._probe.grab_pointer(False, 0, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime)
        return bool(status == X.AlreadyGrabbed)


def _takes_none() -> str:
    return "the window with the keyboard takes no keys: click the one to type into"
