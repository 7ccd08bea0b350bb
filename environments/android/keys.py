"""Commands for a phone's keys, buttons and ASCII text.

`input text` presses the keys for a text and so supports only ASCII. It reads every `%s` as a space: a text that
contains those two characters is split between two commands.
Source: frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java. Chords came with Android 12.
"""

import re
from collections.abc import Sequence

from handeye.actions.keys_adb import keyevent_name
from handeye.environments.android.shell import command
from handeye.environments.errors import ActionRejected

BACK, HOME, RECENT_APPS, ENTER, TAB = (
    command("input", "keyevent", name) for name in ("BACK", "HOME", "APP_SWITCH", "ENTER", "TAB")
)

_LONGEST_PRESS = 1.0
"""Hold times up to this many seconds become half a second."""
_LONGEST = 400
"""Characters in one command."""
_KEYS = frozenset("\n\t")
_MARK = re.compile(r"(?<=%)(?=s)")


def press(keys: Sequence[str]) -> str:
    """Press keys together, by their canonical names. Raises `ActionRejected` for keys that no phone has."""
    match keys:
        case [key] if keyevent_name(key) is None and len(key) == 1 and is_ascii(key):
            return ascii_commands(key)[0][0]  # such as A and !, which need two keys
        case [key]:
            return command("input", "keyevent", _name(key))
        case _:
            return command("input", "keycombination", *map(_name, keys))


def hold(keys: Sequence[str], seconds: float) -> str:
    """Hold keys down together. A single key is held as long as Android's long press, for any duration up to a second.

    Raises `ActionRejected` for holding a single key longer: adb has no command for that.
    """
    if len(keys) == 1:
        if seconds > _LONGEST_PRESS:
            raise ActionRejected(
                f"adb can hold a single key for half a second, not for {seconds:g} s: press it repeatedly, or hold "
                "it together with another key"
            )
        return command("input", "keyevent", "--longpress", _name(keys[0]))
    return command("input", "keycombination", "-t", max(round(seconds * 1000), 1), *map(_name, keys))


def is_ascii(text: str) -> bool:
    """Return whether every character is on Android's virtual keyboard; line feeds and tabs have their own keys."""
    return all(" " <= character <= "~" or character in _KEYS for character in text)


def ascii_commands(text: str) -> tuple[tuple[str, str], ...]:
    """Return the commands that type a line for which `is_ascii` is true, with what each of them types."""
    pieces = [piece for piece in _MARK.split(text) if piece]
    runs = [piece[start : start + _LONGEST] for piece in pieces for start in range(0, len(piece), _LONGEST)]
    return tuple((command("input", "text", run.replace(" ", "%s")), run) for run in runs)


def _name(key: str) -> str:
    name = keyevent_name(key)
    if name is None:
        raise ActionRejected(f"a phone has no key {key!r}: type it as text, or use `back`, `home` or `recent_apps`")
    return name.upper()
