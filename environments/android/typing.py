"""Entering text: by keys where they suffice, otherwise by the broadcast keyboard, then read back from the field."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable

from handeye.environments.android.elements import DUMP, focused_field, parse_tree
from handeye.environments.android.keyboard import LONGEST, UnicodeKeyboard
from handeye.environments.android.keys import ascii_commands, batches, is_ascii
from handeye.environments.android.shell import ShellResult, command, script
from handeye.environments.elements import ElementsUnknown
from handeye.environments.errors import ActionRejected

Run = Callable[[tuple[str, ...], float], None]
"""Runs `input` commands that take the given seconds; raises `ActionRejected` with the phone's error message."""
Shell = Callable[[str], ShellResult]

ENTER = command("input", "keyevent", "ENTER")
_TAB = command("input", "keyevent", "TAB")
_SELECT_ALL = command("input", "keycombination", "CTRL_LEFT", "A")
_DELETE = command("input", "keyevent", "DEL")
_SECONDS_PER_CHARACTER = 0.2
_NO_FIELD = "No text field has the focus, so the text may have been lost: tap the field first."
_MOST_KEYS = 40
"""ASCII characters typed by keys even if there is another way; a phone takes 10 ms or more for each key."""
_SPACES = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+")


class Typist:
    """Types into the focused field of one phone."""

    def __init__(self, run: Run, shell: Shell, keyboard: UnicodeKeyboard, verify: bool) -> None:
        self._run = run
        self._shell = shell
        self._keyboard = keyboard
        self._verify = verify

    def type(self, text: str, clear: bool, submit: bool, secret: bool) -> str | None:
        """Type a text; return what went wrong, as text for the policy without secrets.

        Raises `ActionRejected` without having done anything.
        """
        by_keyboard = True
        if is_ascii(text):
            by_keyboard, problem = self._ascii(text, clear)
        else:
            self._keyboard.select()
            problem = self._by_keyboard(text, clear)
        doubt = None
        if problem is None and self._verify and text and not set(text) & {"\n", "\t"}:
            tree = self._tree()
            field = None if tree is None else focused_field(tree)
            problem = None if field is None else _difference(field, text, secret)
            # The broadcast keyboard itself reports when there is no field.
            if tree is not None and field is None and not by_keyboard and self._is_nowhere(tree):
                doubt = _NO_FIELD
        if submit and problem is None:
            self._run((ENTER,), 0.0)
        if submit and problem is not None:
            problem += " Enter was not pressed."
        return problem or doubt

    def _ascii(self, text: str, clear: bool) -> tuple[bool, str | None]:
        """Type it; return whether the broadcast keyboard was used, and what went wrong."""
        if self._keyboard.is_current or (len(text) > _MOST_KEYS and self._keyboard.is_installed):
            try:
                self._keyboard.select()
                return True, self._by_keyboard(text, clear)
            except ActionRejected:
                pass  # where no field accepts text, as in a terminal, keys may still work
        if clear:
            self._clear()
        for group in batches(ascii_commands(text)):
            self._run(group, len(text) * _SECONDS_PER_CHARACTER)
        return False, None

    def _by_keyboard(self, text: str, clear: bool) -> str | None:
        done = False
        try:
            if clear:
                self._keyboard.clear()
                done = True
            for part in re.split(r"([\n\t])", text):
                if part in ("\n", "\t"):
                    self._run((ENTER if part == "\n" else _TAB,), 0.0)
                    done = True
                    continue
                for start in range(0, len(part), LONGEST):
                    self._keyboard.type(part[start : start + LONGEST])
                    done = True
        except ActionRejected as error:
            if not done:
                raise
            return f"Only part of the text was typed: {error}."
        return None

    def _clear(self) -> None:
        result = self._shell(script(_SELECT_ALL, _DELETE))
        if not result.said and result.status == 0:
            return
        # Up to Android 11 keys cannot be pressed together: delete one character at a time, on both sides.
        tree = self._tree()
        field = None if tree is None else focused_field(tree)
        held = 0 if field is None else len(field.get("text", ""))
        for group in batches((command("input", "keyevent", "DEL", "FORWARD_DEL"),) * held):
            self._run(group, held * _SECONDS_PER_CHARACTER)

    def _tree(self) -> ElementTree.Element | None:
        """Return the UI tree; None if the phone does not report it."""
        try:
            return parse_tree(self._shell(DUMP))
        except ElementsUnknown:
            return None

    def _is_nowhere(self, tree: ElementTree.Element) -> bool:
        """Return whether text would be lost because no field has the focus; not every page reports its fields."""
        if any(node.get("class", "").endswith("WebView") for node in tree.iter("node")):
            return False
        return "mInputShown=true" not in self._shell(command("dumpsys", "input_method")).output


def _difference(field: ElementTree.Element, text: str, secret: bool) -> str | None:
    held = field.get("text", "")
    if field.get("password") == "true" or _squeeze(text) in _squeeze(held):
        return None
    if secret:
        return "The field does not contain what was typed."
    return f"The field does not contain what was typed; it reads {held[:200]!r}."


def _squeeze(text: str) -> str:
    return _SPACES.sub("", text)
