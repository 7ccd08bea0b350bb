"""Keys and buttons of a phone, as commands.

Source: frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java. Chords came with Android 12.
"""

from collections.abc import Sequence

from handeye.actions.keys_adb import keyevent_name
from handeye.environments.android.shell import command
from handeye.environments.android.text import ascii_commands, is_ascii
from handeye.environments.errors import ActionRejected

BACK, HOME, RECENT_APPS = (command("input", "keyevent", name) for name in ("BACK", "HOME", "APP_SWITCH"))

_LONGEST_PRESS = 1.0
"""Seconds up to which half a second will do."""


def press(keys: Sequence[str]) -> str:
    """Press keys together, by their canonical names. Raises `ActionRejected` for what is on no phone."""
    match keys:
        case [key] if keyevent_name(key) is None and len(key) == 1 and is_ascii(key):
            return ascii_commands(key)[0]  # such as A and !, which are two keys together
        case [key]:
            return command("input", "keyevent", _name(key))
        case _:
            return command("input", "keycombination", *map(_name, keys))


def hold(keys: Sequence[str], seconds: float) -> str:
    """Hold keys down together. A single key is held as long as Android's long press, for any time up to a second.

    Raises `ActionRejected` for a single key that is to be held longer: adb has no command for it.
    """
    if len(keys) == 1:
        if seconds > _LONGEST_PRESS:
            raise ActionRejected(
                f"adb can hold a single key for half a second, not for {seconds:g} s: press it several times, or hold "
                "it together with another key"
            )
        return command("input", "keyevent", "--longpress", _name(keys[0]))
    return command("input", "keycombination", "-t", max(round(seconds * 1000), 1), *map(_name, keys))


def _name(key: str) -> str:
    name = keyevent_name(key)
    if name is None:
        raise ActionRejected(f"a phone has no key {key!r}: type it as a text, or use back, home or recent_apps")
    return name.upper()
