"""Typing on X11 without losing or changing a character.

Characters in the layout are typed with their keys; the others are first put on unused keys (`keymap`), as many at a
time as there are, usually 19. Before a key's meaning changes, the program must have read what was typed with it, and
before it is pressed the program must have read the new map (`window`). Caps Lock is turned off meanwhile.

A keymap change takes 30 to 70 ms if the program can be asked whether it has read it, and 300 ms if not. So a line that
needs many changes is pasted (`clipboard`). Measured on two busy cores, in seconds:

| | keys only | keys or paste |
|---|---|---|
| 5,000 ASCII characters: Tk, Mousepad, Chromium | 0.6, 1.3, 3.2 | the same |
| 113 mixed characters in four scripts | 1.1, 0.1, 0.2 | the same |
| 286 Chinese characters, all different | 5.2, 0.5, 1.0 | 0.4, 0.03, 0.25 |
| 5,000 Chinese characters, 1,000 different | 81, 30, 11 | 2.4, 0.1, 0.2 |
"""

import re
from collections.abc import Sequence

from handeye.environments.desktop.x11.clipboard import Clipboard
from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.keymap import Keymap, Stroke
from handeye.environments.desktop.x11.keys import CAPS_LOCK, INSERT, SHIFT, keysym_of_character, keysym_of_key
from handeye.environments.desktop.x11.window import FrontWindow
from handeye.environments.errors import ActionRejected

_PORTION = 400
"""Characters after which the program is given time to catch up."""
_PATIENCE = 20.0
"""Seconds that a program may take to read what was typed before typing is abandoned."""
_LAST_PATIENCE = 5.0
"""Seconds to wait at the end, when only the next screenshot depends on it."""
_UNANSWERED = 0.15
"""Seconds to wait before and after lent keys change, for programs that cannot be asked."""
_MOST_CHANGES = 8
"""Keymap changes that a line may need; lines that need more are pasted, if the program accepts that."""
_RUNS = re.compile(r"[\n\t]+|[^\n\t]+")
_CODE = 0xFF_FFFF
_LOCK = 2
_MODIFIER_STATES = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64, "altgr": 128}


class Typing:
    """Types text and presses keys. For use inside the device's `call`."""

    def __init__(self, device: X11Device, keymap: Keymap, front: FrontWindow, clipboard: Clipboard) -> None:
        self._device = device
        self._keymap = keymap
        self._front = front
        self._clipboard = clipboard
        self._unread = False
        """Whether a lent key was pressed that the program may not have read yet."""

    def require_text(self, text: str) -> list[int]:
        """Return the keysym for each character; raise `ActionRejected` if one cannot be typed."""
        keysyms = []
        for character in text:
            keysym = keysym_of_character(character)
            if keysym is None:
                raise ActionRejected(f"U+{ord(character):04X} is not a character that can be typed: leave it out")
            keysyms.append(keysym)
        return keysyms

    def type(self, text: str) -> None:
        """Type text, and return when the program has read it, if it can be asked."""
        self.require_text(text)
        self._let_go()
        self._unlock()
        typed = 0
        # Line feeds and tabs are always typed as keys: only the text between them is pasted.
        for run in _RUNS.findall(text):
            so_far = f"{typed} of {len(text)} characters were typed"
            if self._changes(self.require_text(run)) <= _MOST_CHANGES or not self._paste(run, so_far):
                self._type(run, so_far)
            typed += len(run)
        self._unread = self._front.has_read(_LAST_PATIENCE) is not True and self._unread

    def _type(self, run: str, so_far: str) -> None:
        keysyms = self.require_text(run)
        while keysyms:
            count = self._keymap.reach(keysyms[:_PORTION])
            if not count:
                raise ActionRejected(f"no key is free for {chr(keysyms[0] & _CODE)!r}, and pasting failed: {so_far}")
            self._lend(keysyms[:count], so_far)
            self._strike(keysyms[:count])
            keysyms = keysyms[count:]
            if keysyms:
                self._wait(0.0, so_far)

    def _paste(self, run: str, so_far: str) -> bool:
        def strike() -> None:
            keys = (self._stroke(SHIFT).keycode, self._stroke(INSERT).keycode)
            for keycode in keys:
                self._device.key(keycode, True)
            for keycode in reversed(keys):
                self._device.key(keycode, False)
            self._device.sync()

        return self._clipboard.paste(run, strike, lambda: self._wait(_UNANSWERED, so_far))

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

    def press(self, keys: Sequence[str], seconds: float = 0.0) -> None:
        """Press keys in order and hold them for `seconds`; the end of the call releases them."""
        keysyms = self.require_keys(keys)
        self._let_go()
        if any(len(key) == 1 for key in keys):
            self._unlock()
        self._lend(keysyms, "the keys were not pressed")
        for keysym in keysyms:
            stroke = self._stroke(keysym)
            if stroke.shift and SHIFT not in keysyms:
                self._device.key(self._stroke(SHIFT).keycode, True)
            self._device.key(stroke.keycode, True)
        if seconds:
            self._device.pause(seconds)

    def settle(self) -> None:
        """Wait until lent keys can be restored without changing what was typed with them."""
        if self._unread and self._front.has_read(_LAST_PATIENCE) is None:
            self._device.pause(_UNANSWERED)
        self._unread = False

    def _lend(self, keysyms: Sequence[int], so_far: str) -> None:
        if self._unread and self._keymap.displaces(keysyms):
            self._wait(_UNANSWERED, so_far)
            self._unread = False
        if self._keymap.lend(keysyms):
            self._wait(_UNANSWERED, so_far)
        self._unread = self._unread or not all(map(self._keymap.is_on_layout, keysyms))

    def _wait(self, otherwise: float, so_far: str) -> None:
        """Wait until the program has read everything; `otherwise` seconds if it cannot be asked."""
        match self._front.has_read(_PATIENCE):
            case None:
                self._device.pause(otherwise)
            case False:
                # The window is busy, but the desktop is not lost: it may accept the rest later.
                raise ActionRejected(f"the window in front has read no key for {_PATIENCE:g} s: {so_far}")

    def _strike(self, keysyms: Sequence[int]) -> None:
        shift = self._stroke(SHIFT).keycode
        shifted = False
        for stroke in map(self._stroke, keysyms):
            if stroke.shift != shifted:
                shifted = stroke.shift
                self._device.key(shift, shifted)
            self._device.key(stroke.keycode, True)
            self._device.key(stroke.keycode, False)
        if shifted:
            self._device.key(shift, False)
        self._device.sync()

    def _stroke(self, keysym: int) -> Stroke:
        stroke = self._keymap.stroke(keysym)
        if stroke is None:
            raise ActionRejected(f"the keyboard has no key for U+{keysym & 0xFFFFFF:04X}")
        return stroke

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


def _can_be_lent(keysym: int) -> bool:
    """Return whether a lent key can act as this keysym: modifiers and locks depend on the physical key."""
    return not 0xFFE1 <= keysym <= 0xFFEE and keysym not in (0xFF14, 0xFF7F)
