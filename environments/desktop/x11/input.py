"""The pointer and the keyboard of an X11 desktop, through the server's test extension (XTEST).

It uses its own connection instead of pyautogui, which sends the same requests but chooses its display when it is
imported, cannot reconnect, ignores unknown keys, and types unsupported characters as something else.
"""

from collections.abc import Sequence

from handeye.actions.geometry import Frame, OutOfFrame, Point, Size
from handeye.environments.desktop.gestures import NOTCHES_AT_A_TIME, ClickMemory, notches
from handeye.environments.desktop.input import KEPT, SECONDS_PER_CHARACTER, Button, Focus, PartlyDone
from handeye.environments.desktop.x11.clipboard import Clipboard
from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.focus import LOCKED, KeyboardFocus
from handeye.environments.desktop.x11.keymap import Keymap
from handeye.environments.desktop.x11.typing import Typing
from handeye.environments.desktop.x11.window import FrontWindow
from handeye.environments.errors import ActionRejected
from handeye.environments.hand import (
    DROP_SECONDS,
    GRIP_SECONDS,
    LIFT_SECONDS,
    PRESS_SECONDS,
    STEP_SECONDS,
    STEPS_TO_LIFT,
    way,
)

_BUTTONS = {"left": 1, "middle": 2, "right": 3}
_READ_SECONDS = 1.0
_PATIENCE = 30.0
"""Seconds that a call may take beyond its intended pauses before the server counts as hung."""
_WHEEL_UP, _WHEEL_DOWN, _WHEEL_LEFT, _WHEEL_RIGHT = 4, 5, 6, 7


class X11Input:
    """A `DesktopInput` in pixels of the root window."""

    def __init__(self, display_name: str | None) -> None:
        """Connect to a display, such as ":0"; None means the one in DISPLAY. Changes nothing on it.

        Raises `DisplayNotFound`, `DisplayRefused`, `WaylandSession` or `MissingDependency`.
        """
        self._device = X11Device(display_name)
        self._keymap = Keymap(self._device)
        self._clipboard = Clipboard(self._device.name)
        self._front = FrontWindow(self._device)
        self._focus = KeyboardFocus(self._device)
        self._typing = Typing(self._device, self._keymap, self._front, self._focus, self._clipboard)
        self._clicks = ClickMemory()
        self.last_point: Point | None = None

    def pointer(self) -> Point:
        """Return where the pointer is."""
        with self._device.call():
            return self._pointer()

    def move(self, point: Point) -> None:
        """Move the pointer there."""
        with self._device.call():
            self._go((point,))

    def click(self, point: Point, button: Button = "left", count: int = 1, modifiers: Sequence[str] = ()) -> None:
        """Click `count` times; an earlier click never counts as one of them."""
        with self._device.call():
            number = self._begin((point,), button, modifiers)
            self._device.pause(self._clicks.wait(button, point))
            for clicked in range(count):
                self._device.button(number, True, PRESS_SECONDS if clicked else 0.0)
                self._device.button(number, False, PRESS_SECONDS)
            self._device.sync()
            self._clicks.note(button, point)

    def long_press(self, point: Point, seconds: float) -> None:
        """Hold the left button down for `seconds`."""
        with self._device.call(_PATIENCE + seconds):
            number = self._begin((point,), "left", ())
            self._device.pause(self._clicks.wait("left", point))
            self._device.button(number, True)
            self._device.pause(seconds)

    def drag(
        self,
        path: Sequence[Point],
        button: Button = "left",
        modifiers: Sequence[str] = (),
        hold_seconds: float = 0.0,
    ) -> None:
        """Hold the button down along the path, after `hold_seconds` at its first point."""
        with self._device.call(_PATIENCE + len(path) + hold_seconds):
            number = self._begin(path, button, modifiers)
            self._device.pause(max(GRIP_SECONDS, self._clicks.wait(button, path[0])))
            self._device.button(number, True)
            self._device.pause(max(GRIP_SECONDS, hold_seconds))
            points = list(way(path))
            for step, point in enumerate(points, 1):
                self._put(point)
                self._device.pause(STEP_SECONDS)
                if step == STEPS_TO_LIFT:
                    self._rest(LIFT_SECONDS)
            # A drop target must first accept the drag, which it does when the pointer moves over it.
            for point in (points[-1], points[-2], points[-1]):
                self._put(point)
                self._rest(DROP_SECONDS)
            at = self._pointer()
            if at != path[-1]:
                raise PartlyDone(f"the pointer cannot be moved to {path[-1]}, only to {at}: {KEPT}", at=at)

    def scroll(self, point: Point, dx: int, dy: int, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel over a point, by at least one notch for a nonzero axis."""
        with self._device.call():
            axes = ((notches(dy), _WHEEL_UP, _WHEEL_DOWN), (notches(dx), _WHEEL_LEFT, _WHEEL_RIGHT))
            turns = [(self._physical(back if turn < 0 else forth), abs(turn)) for turn, back, forth in axes if turn]
            self._begin((point,), None, modifiers)
            for number, count in turns:
                for turned in range(1, count + 1):
                    self._device.button(number, True)
                    self._device.button(number, False)
                    if turned % NOTCHES_AT_A_TIME == 0:
                        self._device.pause(STEP_SECONDS)

    def focus(self) -> Focus:
        """Return where keys go."""
        with self._device.call():
            return self._focus.now()

    def type(self, text: str, to: Focus | None = None) -> None:
        """Type every character, whatever the layout; a line feed is the enter key, a tab the tab key."""
        try:
            with self._device.call(_PATIENCE + SECONDS_PER_CHARACTER * len(text)):
                self._keymap.read()
                self._typing.type(text, to)
        except PartlyDone as part:
            raise PartlyDone(str(part), self._typing.typed) from part

    def press(self, keys: Sequence[str], to: Focus | None = None) -> None:
        """Press the keys in order, and release them in reverse order."""
        with self._device.call():
            self._keymap.read()
            self._typing.press(keys, to)
            self._device.release(PRESS_SECONDS)

    def hold(self, keys: Sequence[str], seconds: float, to: Focus | None = None) -> None:
        """Press the keys, hold them all for `seconds`, and release them; the server repeats the last one."""
        with self._device.call(_PATIENCE + seconds):
            self._keymap.read()
            self._typing.press(keys, to)
            self._device.pause(max(seconds, PRESS_SECONDS))

    def is_shortcut(self, keys: Sequence[str]) -> bool:
        """Return whether another program, such as the window manager, acts on a chord wherever the focus is."""
        with self._device.call():
            self._keymap.read()
            return self._typing.is_shortcut(keys)

    def require(self, *, text: str = "", keys: Sequence[str] = ()) -> None:
        """Raise `ActionRejected` if the text cannot be typed or a key cannot be pressed; send nothing."""
        with self._device.call():
            self._keymap.read()
            self._typing.require_text(text)
            self._typing.require_keys(keys)

    def release(self) -> None:
        """Release every held button and key."""
        with self._device.call():
            self._device.release()

    def close(self) -> None:
        """Restore remapped keys and disconnect."""
        try:
            self._device.close(self._restore)
        finally:
            self._clipboard.close()

    def _restore(self) -> None:
        self._typing.settle()
        self._keymap.restore()

    def _begin(self, path: Sequence[Point], button: Button | None, modifiers: Sequence[str]) -> int:
        """Check everything, hold the modifiers, move to the first point; return the button's number."""
        number = self._physical(_BUTTONS[button]) if button else 0
        keysyms: Sequence[int] = ()
        if modifiers:
            self._keymap.read()
            keysyms = self._typing.require_keys(modifiers)
        self._go(path)
        if modifiers:
            self._typing.hold_down(modifiers, keysyms)
        return number

    def _go(self, path: Sequence[Point]) -> None:
        geometry = self._device.root.get_geometry()
        frame = Frame("X display", Size(geometry.width, geometry.height))
        try:
            for point in path:
                frame.require(point)
        except OutOfFrame as error:
            raise ActionRejected(str(error)) from None
        if self._focus.is_locked():
            raise ActionRejected(LOCKED)
        before = self._device.root.query_pointer()
        if not before.same_screen:
            self._device.root.warp_pointer(*path[0])  # XTEST stays within the screen where the pointer is
        self._put(path[0])
        at = self._pointer()
        if at != path[0]:
            if before.same_screen:
                self._put(Point(before.root_x, before.root_y))
            raise ActionRejected(f"the pointer cannot be moved to {path[0]}, only to {at}: {KEPT}")

    def _put(self, point: Point) -> None:
        self._device.motion(point)
        self.last_point = point

    def _rest(self, seconds: float) -> None:
        """Wait until the program has read the pointer movement, at most a second, and then `seconds` longer."""
        self._front.has_read(_READ_SECONDS)
        self._device.pause(seconds)

    def _pointer(self) -> Point:
        at = self._device.root.query_pointer()
        return Point(at.root_x, at.root_y)

    def _physical(self, logical: int) -> int:
        """Return the physical button mapped to a logical one, which differ for left-handed users."""
        mapping = list(self._device.display.get_pointer_mapping())
        if logical not in mapping:
            raise ActionRejected(f"button {logical} of this display's pointer is disabled")
        return mapping.index(logical) + 1
