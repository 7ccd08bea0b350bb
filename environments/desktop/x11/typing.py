"""Typing on X11 without losing or changing a character.

Characters in the layout are typed with their keys; the others are first put on unused keys (`keymap`), as many at a
time as there are, usually 19. Before a key's meaning changes, the program must have read what was typed with it, and
before it is pressed the program must have read the new map (`window`). Caps Lock is turned off meanwhile.

Short texts, which may be codes whose fields move the focus on, are typed at the pace of a hand, and so is the beginning
of a longer one; the rest follows as fast as the program reads it. No character is sent before the program has read the
one before, and each only if the keyboard still belongs to the same window: both are one step for the server, so that
nothing is typed into a window that comes up. A window that has just been made is given time to take the focus.

A keymap change takes 30 to 70 ms if the program can be asked whether it has read it, and 300 ms if not. So a line that
needs many changes is pasted (`clipboard`), and so is what is beyond U+FFFF in Java, which keeps 16 bits of a keysym.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from handeye.environments.desktop.gestures import key_seconds
from handeye.environments.desktop.input import MOVED, Focus, PartlyDone
from handeye.environments.desktop.x11.clipboard import SELECTIONS, Clipboard
from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.focus import KeyboardFocus
from handeye.environments.desktop.x11.keymap import Keymap, Stroke
from handeye.environments.desktop.x11.keys import CAPS_LOCK, INSERT, SHIFT, keysym_of_character, keysym_of_key
from handeye.environments.desktop.x11.window import FrontWindow
from handeye.environments.errors import ActionRejected
from handeye.environments.hand import PRESS_SECONDS

_PORTION = 400
"""Characters for which keys are lent at a time, at most."""
_PATIENCE = 20.0
"""Seconds that a program may take to read what was typed before typing is abandoned."""
_LAST_PATIENCE = 5.0
"""Seconds to wait at the end, when only the next screenshot depends on it."""
_UNANSWERED = 0.15
"""Seconds to wait before and after lent keys change, for programs that cannot be asked."""
_COMES_UP_SECONDS = 0.25
"""Seconds that a new window is given to take the focus."""
_MOST_NEW_WINDOWS = 8
"""New windows in a row that are waited for; a program that makes more does so all the time."""
_MOST_CHANGES = 8
"""Keymap changes that a line may need; lines that need more are pasted, if the program accepts that."""
_RUNS = re.compile(r"[\n\t]+|[^\n\t]+")
_LOCK = 2
_MODIFIER_STATES = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64, "altgr": 128}


class Typing:
    """Types text and presses keys. For use inside the device's `call`."""

    def __init__(
        self, device: X11Device, keymap: Keymap, front: FrontWindow, focus: KeyboardFocus, clipboard: Clipboard
    ) -> None:
        self._device = device
        self._keymap = keymap
        self._front = front
        self._focus = focus
        self._clipboard = clipboard
        self._unread = False
        """Whether a lent key was pressed that the program may not have read yet."""
        self.typed = 0
        """Of the current text: characters sent so far."""

    def require_text(self, text: str) -> list[int]:
        """Return the keysym for each character; raise `ActionRejected` if one cannot be typed."""
        keysyms = []
        for character in text:
            keysym = keysym_of_character(character)
            if keysym is None:
                raise ActionRejected(f"U+{ord(character):04X} is not a character that can be typed: leave it out")
            keysyms.append(keysym)
        return keysyms

    def type(self, text: str, to: Focus | None = None) -> None:
        """Type text, and return when the program has read it, if it can be asked.

        to: where keys went when the text was chosen. Raises `ActionRejected` before anything is typed if they go
        elsewhere now, or nowhere; None types wherever they go. Raises `PartlyDone` if that changes meanwhile.
        """
        self.typed = 0
        self.require_text(text)
        focus = self._require_focus(to)
        self._let_go()
        self._unlock()
        with self._front.watched():
            aim = _Aim(focus, self._focus.raw())
            # Line feeds and tabs are always typed as keys: only the text between them is pasted.
            for run in _RUNS.findall(text):
                if not self._is_to_be_pasted(run) or not self._paste(run, aim):
                    self._type(run, aim, len(text))
            self._unread = self._front.has_read(_LAST_PATIENCE) is not True and self._unread

    def _type(self, run: str, aim: "_Aim", length: int) -> None:
        keysyms = self.require_text(run)
        while keysyms:
            count = self._keymap.reach(keysyms[:_PORTION])
            if max(run) > "\uffff" and self._front.is_java():
                self._stop("Java programs keep 16 bits of each key's character, and pasting failed: leave out emoji")
            if not count:
                self._stop("no key is free for the next character, and pasting failed")
            self._lend(keysyms[:count])
            for keysym in keysyms[:count]:
                self._strike(self._stroke(keysym), aim, key_seconds(self.typed - aim.moved_at, length))
            keysyms = keysyms[count:]

    def _is_to_be_pasted(self, run: str) -> bool:
        if max(run) > "\uffff" and self._front.is_java():
            return True
        return self._changes(self.require_text(run)) > _MOST_CHANGES

    def _paste(self, run: str, aim: "_Aim") -> bool:
        """Paste a run, and return whether the program took it."""

        def strike() -> None:
            self._front.came_up()  # the windows of the clipboard are not meant
            keys = (self._stroke(SHIFT).keycode, self._stroke(INSERT).keycode)

            def press() -> None:
                for keycode in keys:
                    self._device.key(keycode, True)

            self._in_turn(aim, press)
            for pressed, keycode in enumerate(reversed(keys)):
                self._device.key(keycode, False, 0.0 if pressed else PRESS_SECONDS)
            self._device.sync()

        # Java programs paste from the clipboard alone, so their own selection need not be taken from them.
        mine = ("CLIPBOARD",) if self._front.is_java() else SELECTIONS
        if not self._clipboard.paste(run, strike, lambda: self._wait(_UNANSWERED), mine):
            return False
        self.typed += len(run)
        return True

    def _changes(self, keysyms: Sequence[int]) -> int:
        """Return how many keymap changes are needed; without unused keys, a number above any limit."""
        changes, start = 0, 0
        while start < len(keysyms) and changes <= _MOST_CHANGES:
            reach = self._keymap.reach(keysyms[start:])
            changes += 1 if reach else _MOST_CHANGES + 1
            start += reach
        return changes

    def require_keys(self, keys: Sequence[str]) -> list[int]:
        """Return the keysyms of canonical keys; raise `ActionRejected` if the keyboard lacks one."""
        keysyms = []
        for key in keys:
            keysym = keysym_of_key(key)
            if keysym is None:
                raise ActionRejected(f"a desktop's keyboard has no key {key}: use another one")
            if self._keymap.stroke(keysym) is None and (not _can_be_lent(keysym) or not self._keymap.room):
                raise ActionRejected(f"this keyboard has no key {key}: use another one")
            keysyms.append(keysym)
        return keysyms

    def press(self, keys: Sequence[str], to: Focus | None = None) -> None:
        """Press keys in order; the end of the call releases them.

        to: as for `type`, except that modifiers and the desktop's own shortcuts need no window.
        """
        keysyms = self.require_keys(keys)
        self._require_focus(to, unless=lambda: self.is_shortcut(keys) or all(key in _MODIFIER_STATES for key in keys))
        self.hold_down(keys, keysyms)

    def hold_down(self, keys: Sequence[str], keysyms: Sequence[int]) -> None:
        """Press keys whose keysyms were required, wherever they go: also modifiers of the pointer."""
        self._let_go()
        if any(len(key) == 1 for key in keys):
            self._unlock()
        self._lend(keysyms)
        for keysym in keysyms:
            stroke = self._stroke(keysym)
            if stroke.shift and SHIFT not in keysyms:
                self._device.key(self._stroke(SHIFT).keycode, True)
            self._device.key(stroke.keycode, True)

    def settle(self) -> None:
        """Wait until lent keys can be restored without changing what was typed with them."""
        if self._unread and self._front.has_read(_LAST_PATIENCE) is None:
            self._device.pause(_UNANSWERED)
        self._unread = False

    def _lend(self, keysyms: Sequence[int]) -> None:
        if self._unread and self._keymap.displaces(keysyms):
            self._wait(_UNANSWERED)
            self._unread = False
        if self._keymap.lend(keysyms):
            self._wait(_UNANSWERED)
        self._unread = self._unread or not all(map(self._keymap.is_on_layout, keysyms))

    def _wait(self, otherwise: float) -> None:
        """Wait until the program has read everything; `otherwise` seconds if it cannot be asked."""
        match self._front.has_read(_PATIENCE):
            case None:
                self._device.pause(otherwise)
            case False:
                self._stop_for_a_busy_one()

    def _strike(self, stroke: Stroke, aim: "_Aim", seconds: float) -> None:
        """Type one character, when its turn has come, and take at least so many seconds for it."""
        began = time.monotonic()
        shift = self._stroke(SHIFT).keycode if stroke.shift else None

        def press() -> None:
            if shift is not None:
                self._device.key(shift, True)
            self._device.key(stroke.keycode, True)

        self._in_turn(aim, press)
        self.typed += 1
        self._device.key(stroke.keycode, False, PRESS_SECONDS if seconds else 0.0)
        if shift is not None:
            self._device.key(shift, False)
        self._device.pause(max(0.0, began + seconds - time.monotonic()))

    def _in_turn(self, aim: "_Aim", press: Callable[[], None]) -> None:
        """Press when the program has read what was typed before, if the keyboard still belongs to the same window."""
        for _ in range(_MOST_NEW_WINDOWS):
            self._let_read()
            if self._front.came_up():
                self._device.pause(_COMES_UP_SECONDS)
                self._let_read()
                self._front.came_up()
            if self._pressed(aim, press):
                return
        self._stop("windows keep coming up")

    def _pressed(self, aim: "_Aim", press: Callable[[], None]) -> bool:
        """Press, and return whether that was done: not if a window has just been made, or the focus has moved on."""
        with self._device.alone():
            raw = self._focus.raw()
            if raw == aim.raw and not self._front.came_up():
                press()
                return True
        if raw != aim.raw:
            focus = self._focus.now()
            if focus != aim.focus:
                self._device.pause(_COMES_UP_SECONDS)  # a window that closes at once gives it back
                focus = self._focus.now()
            if focus != aim.focus:
                self._stop("another window has come to the front: look again")
            aim.raw, aim.moved_at = self._focus.raw(), self.typed
            self._front.look_again()
        else:
            self._device.pause(_COMES_UP_SECONDS)
        return False

    def _let_read(self) -> None:
        """Wait until the program has read everything, as well as that can be known."""
        match self._front.has_read(_PATIENCE, twice=False):
            case None:
                if not self._front.rests():
                    self._device.pause(PRESS_SECONDS)
            case False:
                self._stop_for_a_busy_one()

    def _stop_for_a_busy_one(self) -> None:
        # The window is busy, but the desktop is not lost: it may accept the rest later.
        self._stop(f"the window in front has read no key for {_PATIENCE:g} s")

    def _stop(self, reason: str) -> NoReturn:
        raise PartlyDone(reason, self.typed) if self.typed else ActionRejected(reason)

    def _require_focus(self, to: Focus | None, unless: Callable[[], bool] = lambda: False) -> Focus:
        """Return where keys go; raise `ActionRejected` if that is nowhere, or not where they went before."""
        focus = self._focus.now()
        if to is not None and (focus.problem or focus != to) and not unless():
            raise ActionRejected(focus.problem or MOVED)
        return focus

    def _stroke(self, keysym: int) -> Stroke:
        stroke = self._keymap.stroke(keysym)
        if stroke is None:
            self._stop("the keyboard has lost a key")
        return stroke

    def is_shortcut(self, keys: Sequence[str]) -> bool:
        """Return whether another program acts on a chord wherever the focus is: only one may grab it."""
        from Xlib import X
        from Xlib.error import BadAccess, CatchError

        keysym = keysym_of_key(keys[-1])
        stroke = None if keysym is None else self._keymap.stroke(keysym)
        if stroke is None:
            return False
        state = sum(_MODIFIER_STATES.get(key, 0) for key in keys[:-1]) | stroke.shift
        refused = CatchError(BadAccess)
        self._device.root.grab_key(stroke.keycode, state, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)
        self._device.sync()
        if refused.get_error() is not None:
            return True
        self._device.root.ungrab_key(stroke.keycode, state)
        self._device.sync()
        return False

    def _let_go(self) -> None:
        """Ensure that no modifier is held that would change what is typed."""
        if self._held():
            # Releases what a killed process held down; physically held keys stay down.
            for keycode in self._down():
                self._device.key(keycode, False)
            self._device.sync()
        held = self._held()
        if held:
            raise ActionRejected(f"{' and '.join(held)} is held down on the keyboard: wait until it is released")

    def _unlock(self) -> None:
        """Turn Caps Lock off until the end of the call."""
        if self._state() & _LOCK:
            lock = self._keymap.stroke(CAPS_LOCK)
            if lock is None:
                raise ActionRejected("Caps Lock is on, and no key on this keyboard turns it off")
            self._device.key(lock.keycode, True)
            self._device.key(lock.keycode, False)
            self._device.tap_at_end(lock.keycode)

    def _held(self) -> list[str]:
        state = self._state()
        return [name for name, bit in _MODIFIER_STATES.items() if state & bit]

    def _state(self) -> int:
        return int(self._device.root.query_pointer().mask)

    def _down(self) -> list[int]:
        keys = self._device.display.query_keymap()
        return [8 * byte + bit for byte, bits in enumerate(keys) for bit in range(8) if bits >> bit & 1]


class _Aim:
    """Where a text goes."""

    def __init__(self, focus: Focus, raw: tuple[int, bool]) -> None:
        self.focus = focus
        self.raw = raw
        """The focused window itself, which may be within that of `focus`, and whether the keyboard is taken."""
        self.moved_at = 0
        """How many characters had been typed when the focus last moved on within the window."""


def _can_be_lent(keysym: int) -> bool:
    """Return whether a lent key can act as this keysym: modifiers and locks depend on the physical key."""
    return not 0xFFE1 <= keysym <= 0xFFEE and keysym not in (0xFF14, 0xFF7F)
