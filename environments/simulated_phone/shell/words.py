"""What the words of a command stand for: variables, the output of other commands, and names of files."""

import fnmatch
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.shell.script import Script, Substitution, Text, Variable, Word

SHELL: Final = "/system/bin/sh"
_WILD = re.compile(r"[*?[]")
_PIECES = re.compile(r"(\s*)(\S*)")
_PROCESS = "4321"
_EXPORTED = {
    "ANDROID_DATA": "/data",
    "ANDROID_ROOT": "/system",
    "EXTERNAL_STORAGE": "/sdcard",
    "HOME": "/",
    "HOSTNAME": "simulated",
    "PATH": "/product/bin:/apex/com.android.runtime/bin:/system_ext/bin:/system/bin:/vendor/bin",
    "SHELL": "/bin/sh",
    "TMPDIR": "/data/local/tmp",
    "USER": "shell",
}

Output: TypeAlias = Callable[[Script], Awaitable[str]]
"""Runs a script and returns what it writes, without the new lines at its end."""


@dataclass(slots=True)
class Context:
    """What a shell remembers from one command to the next."""

    variables: dict[str, str] = field(default_factory=lambda: dict(_EXPORTED))
    folder: str = "/"
    """The current one."""
    status: int = 0
    """Of the last command."""

    def copy(self) -> "Context":
        """Return another that goes its own way."""
        return replace(self, variables=dict(self.variables))

    def path(self, name: str) -> str:
        """Return an absolute path."""
        return name if name.startswith("/") else f"{self.folder}/{name}"

    def value(self, name: str) -> str:
        """Return what a variable holds; nothing if there is no such variable."""
        match name:
            case "?":
                return str(self.status)
            case "$":
                return _PROCESS
            case "0":
                return SHELL
            case "#":
                return "0"
            case _:
                return self.variables.get(name, "")


@dataclass(frozen=True, slots=True)
class _Field:
    """One word of a command as it comes to be, both as a text and as a pattern of file names."""

    text: str = ""
    pattern: str = ""
    wild: bool = False

    def plus(self, text: str, quoted: bool) -> "_Field":
        """Return the field with more text, whose wild characters mean themselves if it is quoted."""
        escaped = _WILD.sub(r"[\g<0>]", text) if quoted else text
        wild = self.wild or (not quoted and _WILD.search(text) is not None)
        return _Field(self.text + text, self.pattern + escaped, wild)


async def fields(word: Word, context: Context, files: Files, output: Output) -> list[str]:
    """Return what a word stands for: mostly one text; none or several where a variable is empty or has blanks."""
    found: list[_Field] = []
    current: _Field | None = None
    for part in word:
        text = await _value(part, context, output)
        if part.quoted or isinstance(part, Text):
            if text or part.quoted:
                current = (current or _Field()).plus(text, part.quoted)
            continue
        # Not quoted, so blanks in it end the field before them and begin another.
        for blank, piece in _PIECES.findall(text):
            if blank and current is not None:
                found.append(current)
                current = None
            if piece:
                current = (current or _Field()).plus(piece, False)
    if current is not None:
        found.append(current)
    return [text for one in found for text in await _matching(one, context, files)]


async def single(word: Word, context: Context, output: Output) -> str:
    """Return what a word stands for where it is always one text, as the value of a variable is."""
    return "".join([await _value(part, context, output) for part in word])


async def _value(part: Text | Variable | Substitution, context: Context, output: Output) -> str:
    match part:
        case Text():
            return part.text
        case Variable():
            return context.value(part.name)
        case Substitution():
            return await output(part.script)


async def _matching(one: _Field, context: Context, files: Files) -> list[str]:
    """Return the files that a pattern matches in its last part; the field itself if it is none, or matches none."""
    folder, slash, name = one.text.rpartition("/")
    if one.wild:
        pattern = one.pattern.rpartition("/")[2]
        entries = await files.list(context.path(folder or slash or "."))
        found = sorted(entry for entry, _ in entries or () if fnmatch.fnmatchcase(entry, pattern))
        shown = [entry for entry in found if not entry.startswith(".") or name.startswith(".")]
        if shown:
            return [f"{folder}{slash}{entry}" for entry in shown]
    return [one.text]
