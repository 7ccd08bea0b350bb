"""Typing by `input text`, which presses the keys of a text and so takes ASCII only.

It reads `%s` as a space, wherever it stands: a text that holds those two characters is given in two commands.
Source: sendText in frameworks/base/services/core/java/com/android/server/input/InputShellCommand.java.
"""

import re
from collections.abc import Iterator, Sequence

from handeye.environments.android.shell import command

_LONGEST = 400
"""Characters of one command."""
_MOST = 1000
"""Characters that are typed in one round trip: a phone takes 10 ms and more for each."""
_KEYS = {"\n": "ENTER", "\t": "TAB"}
_MARK = re.compile(r"(?<=%)(?=s)")


def is_ascii(text: str) -> bool:
    """Return whether every character is on Android's virtual keyboard; line feeds and tabs are keys of their own."""
    return all(" " <= character <= "~" or character in _KEYS for character in text)


def ascii_commands(text: str) -> tuple[str, ...]:
    """Return the commands that type a text of which `is_ascii` holds."""
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
    """Yield the commands in groups of about so many characters, each for one round trip."""
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
