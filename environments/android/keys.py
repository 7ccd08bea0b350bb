"""Commands for a phone's keys, buttons and ASCII text.

`input text` presses the keys for a text and so supports only ASCII. It reads every `%s` as a space: a text that
contains those two characters is split between two commands.
Source: frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java. Chords came with Android 12.
"""

import re
from collections.abc import Iterator, Sequence

from handeye.actions.keys_adb import keyevent_name
from handeye.environments.android.shell import command
from handeye.environments.errors import ActionRejected

BACK, HOME, RECENT_APPS = (command("input", "keyevent", name) for name in ("BACK", "HOME", "APP_SWITCH"))

_LONGEST_PRESS = 1.0
"""Hold times up to this many seconds become half a second."""
_LONGEST = 400
"""Characters in one command."""
_MOST = 1000
"""Characters typed in one round trip: a phone takes 10 ms or more for each."""
_KEYS = {"\n": "ENTER", "\t": "TAB"}
_MARK = re.compile(r"(?<=%)(?=s)")


def press(keys: Sequence[str]) -> str:
    """Press keys together, by their canonical names. Raises `ActionRejected` for keys that no phone has."""
    match keys:
        case [key] if keyevent_name(key) is None and len(key) == 1 and is_ascii(key):
            return ascii_commands(key)[0]  # such as A and !, which need two keys
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


def ascii_commands(text: str) -> tuple[str, ...]:
    """Return the commands that type a text for which `is_ascii` is true."""
    commands = []
    for part in re.split(r"([\n\t])", text):
        if part in _KEYS:
            commands.append(command("input", "keyevent", _KEYS[part]))
            continue
        for piece in _MARK.split(part):
            runs = [piece[start : start + _LONGEST] for start in range(0, len(piece), _LONGEST)]
            commands += [command("input", "text", run.replace(" ", "%s")) for run in runs]
    return tuple(commands)


def batches(commands: Sequence[str], longest: int = _MOST) -> Iterator[tuple[str, ...]]:
    """Yield the commands in groups of about `longest` characters, each for one round trip."""
    group: list[str] = []
    length = 0
    for line in commands:
        if group and length + len(line) > longest:
            yield tuple(group)
            group, length = [], 0
        group.append(line)
        length += len(line)
    if group:
        yield tuple(group)


def _name(key: str) -> str:
    name = keyevent_name(key)
    if name is None:
        raise ActionRejected(f"a phone has no key {key!r}: type it as text, or use back, home or recent_apps")
    return name.upper()
