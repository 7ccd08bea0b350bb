"""The keymap: which key enters what, and unused keys that can be lent to characters that are on no key.

The map is read again before each use, because users switch layouts. Characters are put on unused keys in as few changes
as possible: after each change every program on the display reads the map again. They stay there until the key is needed
for another character, or until `restore`. The lent keys are recorded on the root window, so that the next process can
recover those of a process that was killed.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from handeye.environments.desktop.x11.device import X11Device
from handeye.environments.desktop.x11.xkb import UNUSED, Key, read_keys, single, write_keys

_NOTE = "_HANDEYE_LENT_KEYS"
_GROUP_SHIFT = 13
"""The bit position of the layout group's number in the state of the pointer and the keys."""
_ONE_LEVEL, _KEYPAD = 0, 3
_CHARACTERS = (range(0x20, 0x7F), range(0xA0, 0x100), range(0x0100_0100, 0x0111_0000))


class Stroke(NamedTuple):
    """A key, and whether shift is held with it."""

    keycode: int
    shift: bool


class Keymap:
    """What a display's keys enter in the current layout. For use inside the device's `call`."""

    def __init__(self, device: X11Device) -> None:
        self._device = device
        self._keys: dict[int, Key] = {}
        self._strokes: dict[int, Stroke] = {}
        self._lent: dict[int, int] = {}
        self._abandoned: set[int] = set()

    def read(self) -> None:
        """Read the map of the current layout."""
        self._keys = read_keys(self._device.display)
        self._lent = {code: keysym for code, keysym in self._lent.items() if self._keys[code] == single(keysym)}
        self._abandoned = self._noted() - self._lent.keys()
        group = self._device.root.query_pointer().mask >> _GROUP_SHIFT & 3
        self._strokes = {}
        for code, key in self._keys.items():
            if code not in self._abandoned:
                for keysym, shift in _entered(key, group):
                    self._strokes.setdefault(keysym, Stroke(code, shift))

    def stroke(self, keysym: int) -> Stroke | None:
        """Return how to enter a keysym; None if it is on no key."""
        return self._strokes.get(keysym)

    @property
    def room(self) -> int:
        """The number of keysyms that can be on unused keys at a time."""
        return len(self._free()) + len(self._lent)

    def reach(self, keysyms: Sequence[int]) -> int:
        """Return how many of the keysyms, from the first, can be on keys at the same time."""
        guests: set[int] = set()
        for count, keysym in enumerate(keysyms):
            if not self.is_on_layout(keysym):
                guests.add(keysym)
                if len(guests) > self.room:
                    return count
        return len(keysyms)

    def is_on_layout(self, keysym: int) -> bool:
        """Return whether the layout itself has a keysym."""
        stroke = self._strokes.get(keysym)
        return stroke is not None and stroke.keycode not in self._lent

    def displaces(self, keysyms: Iterable[int]) -> bool:
        """Return whether lending keys to these keysyms displaces others."""
        return len({keysym for keysym in keysyms if keysym not in self._strokes}) > len(self._free())

    def lend(self, keysyms: Iterable[int]) -> bool:
        """Put at most `room` keysyms on unused keys, if necessary replacing the oldest ones.

        Returns whether the map was changed.
        """
        wanted = set(keysyms)
        older = [code for code, keysym in self._lent.items() if keysym not in wanted]
        missing = [keysym for keysym in dict.fromkeys(keysyms) if keysym not in self._strokes]
        changed = dict(zip([*self._free(), *older], missing, strict=False))
        for code, keysym in changed.items():
            self._strokes.pop(self._lent.pop(code, 0), None)
            self._lent[code] = keysym
            self._strokes[keysym] = Stroke(code, False)
        self._write({code: single(keysym) for code, keysym in changed.items()})
        return bool(changed)

    def restore(self) -> None:
        """Restore the keys that this process, or one that was killed, has lent."""
        self.read()
        lent = {*self._lent, *self._abandoned}
        self._lent, self._abandoned = {}, set()
        self._write(dict.fromkeys(lent, UNUSED))

    def _free(self) -> list[int]:
        return [code for code, key in self._keys.items() if not any(key.keysyms) or code in self._abandoned]

    def _write(self, changed: dict[int, Key]) -> None:
        """Write keys and all keys between them as one change, and record which are lent."""
        from Xlib import Xatom

        if not changed:
            return
        self._keys.update(changed)
        self._abandoned -= changed.keys()
        block = range(min(changed), max(changed) + 1)
        atom = self._device.display.intern_atom(_NOTE)
        noted = [*self._lent, *self._abandoned]
        # The record comes first: a process that is killed between the two must not lose the keys.
        if noted:
            self._device.root.change_property(atom, Xatom.CARDINAL, 32, noted)
        write_keys(self._device.display, {code: self._keys[code] for code in block})
        if not noted:
            self._device.root.delete_property(atom)
        self._device.sync()

    def _noted(self) -> set[int]:
        from Xlib import Xatom

        noted = self._device.root.get_full_property(self._device.display.intern_atom(_NOTE), Xatom.CARDINAL)
        return set() if noted is None else {int(code) for code in noted.value} & self._keys.keys()


def _entered(key: Key, group: int) -> list[tuple[int, bool]]:
    """Return what a key enters alone, and with shift if that is a character; number pad keys only alone."""
    alone, shifted = key.at(group, 0), key.at(group, 1)
    entered = [(alone, False)] if alone else []
    if key.type_of(group) not in (_ONE_LEVEL, _KEYPAD) and any(shifted in characters for characters in _CHARACTERS):
        entered.append((shifted, True))
    return entered
