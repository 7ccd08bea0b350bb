"""Emptying the focused field, by whichever way this phone obeys, and looking whether it is empty.

Some phones ignore the chord that selects all, some type its letter, and older ones have no chords; all of them report
success. So what a way has done is read from the field.
"""

from collections.abc import Callable
from typing import NamedTuple

from handeye.environments.android.field import Field
from handeye.environments.android.keyboard import UnicodeKeyboard
from handeye.environments.android.phone import AndroidPhone
from handeye.environments.android.proof import squeezed
from handeye.environments.android.shell import command
from handeye.environments.errors import ActionPartial, ActionRejected

_SELECT_ALL = command("input", "keycombination", "CTRL_LEFT", "A")
_DELETE = command("input", "keyevent", "DEL")
_PAIRS = 40
"""Characters deleted on each side of the cursor by one command."""
_ROUNDS = 3
"""How often the whole text is deleted by keys: a hint that appears looks like a rest."""
_BLIND = 120
"""Characters deleted on each side of the cursor in a field that cannot be read."""
_SECONDS_PER_KEY = 0.1

Read = Callable[[Field], Field | None]
"""Returns a field as it is now; None if that cannot be known."""


class Cleared(NamedTuple):
    """A field that was emptied."""

    hint: str
    """What it reads now that it is empty."""
    known: bool
    """Whether it was seen to be empty, or reported to be."""


class Clearer:
    """Empties fields of one phone."""

    def __init__(self, phone: AndroidPhone, keyboard: UnicodeKeyboard, read: Read, verify: bool) -> None:
        self._phone = phone
        self._keyboard = keyboard
        self._read = read
        self._verify = verify
        self._chord_fails = False

    def clear(self, field: Field | None) -> Cleared:
        """Empty the focused field, which is `field` if that is known.

        Raises `ActionRejected` if nothing was done, `ActionPartial` if the field is not empty.
        """
        if field is not None and not field.text and not field.password:
            return Cleared("", True)
        if field is None:
            if self._by_installed_keyboard():
                return Cleared("", True)  # it reports what it has done
            if not self._by_chord():
                self._by_deleting(_BLIND)
            return Cleared("", False)
        obeyed = self._by_keyboard() if self._keyboard.is_current else self._by_chord()
        if obeyed and not self._verify:
            return Cleared("", False)
        return self._verified(field, obeyed)

    def _verified(self, field: Field, obeyed: bool) -> Cleared:
        now = self._read(field) if obeyed else field
        if now is None:
            return Cleared("", False)
        if obeyed and _is_empty(field.text, now.text):
            return Cleared(now.text, True)
        for _ in range(_ROUNDS):
            self._by_deleting(len(now.text))
            rest = self._read(field)
            if rest is None:
                return Cleared("", False)
            self._chord_fails = self._chord_fails or rest.text != now.text
            # Text that no key deletes is a hint.
            if rest.text == now.text or _is_empty(now.text, rest.text):
                return Cleared(rest.text, True)
            now = rest
        if self._by_installed_keyboard():
            last = self._read(field)
            if last is not None and _is_empty(now.text, last.text):
                return Cleared(last.text, True)
        raise ActionPartial("the field could not be cleared, so nothing was typed: delete its text with the keyboard")

    def _by_chord(self) -> bool:
        """Select all and delete; return whether the phone knows the chord."""
        if self._chord_fails:
            return False
        try:
            self._phone.input((_SELECT_ALL, _DELETE))
        except ActionRejected:
            self._chord_fails = True
            return False
        return True

    def _by_keyboard(self) -> bool:
        try:
            self._keyboard.clear()
        except ActionRejected:
            return False
        return True

    def _by_installed_keyboard(self) -> bool:
        if not self._keyboard.is_installed:
            return False
        try:
            self._keyboard.select()
        except ActionRejected:
            return False
        return self._by_keyboard()

    def _by_deleting(self, characters: int) -> None:
        """Delete one character at a time, on both sides of the cursor."""
        while characters > 0:
            pairs = min(characters, _PAIRS)
            keys = command("input", "keyevent", *("DEL", "FORWARD_DEL") * pairs)
            self._phone.input((keys,), 2 * pairs * _SECONDS_PER_KEY)
            characters -= pairs


def _is_empty(before: str, now: str) -> bool:
    """Return whether a field that reads `now` is empty: nothing, or a hint that has nothing to do with its text."""
    old, new = squeezed(before), squeezed(now)
    return not new or not (new in old or old in new or old[:1] == new[:1] or old[-1:] == new[-1:])
