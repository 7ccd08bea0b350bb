"""Expansion of a command's words: variables, output of other commands, and file names."""

import fnmatch
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.shell.arithmetic import evaluate
from handeye.environments.simulated_phone.shell.script import (
    Arithmetic,
    Part,
    Script,
    Substitution,
    Text,
    Variable,
    Word,
)

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
"""Runs a script and returns its output without trailing newlines."""


@dataclass(slots=True)
class Context:
    """A shell's state between commands."""

    variables: dict[str, str] = field(default_factory=lambda: dict(_EXPORTED))
    folder: str = "/"
    """The current folder."""
    status: int = 0
    """The last command's exit status."""

    def copy(self) -> "Context":
        """Return an independent copy."""
        return replace(self, variables=dict(self.variables))

    def path(self, name: str) -> str:
        """Return an absolute path."""
        return name if name.startswith("/") else f"{self.folder}/{name}"

    def value(self, name: str) -> str:
        """Return a variable's value; empty if it is not set."""
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
    """One word of a command being built, both as text and as a file name pattern."""

    text: str = ""
    pattern: str = ""
    wild: bool = False

    def plus(self, text: str, quoted: bool) -> "_Field":
        """Return the field with more text, whose wildcards are literal if it is quoted."""
        escaped = _WILD.sub(r"[\g<0>]", text) if quoted else text
        wild = self.wild or (not quoted and _WILD.search(text) is not None)
        return _Field(self.text + text, self.pattern + escaped, wild)


async def fields(word: Word, context: Context, files: Files, output: Output) -> list[str]:
    """Expand a word, usually to one text; to none or several if a variable is empty or has blanks."""
    found: list[_Field] = []
    current: _Field | None = None
    for part in word:
        text = await _value(part, context, output)
        if part.quoted or isinstance(part, Text):
            if text or part.quoted:
                current = (current or _Field()).plus(text, part.quoted)
            continue
        # Unquoted, so blanks in it end the current field and begin another.
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
    """Expand a word that is always a single text, such as the value of a variable."""
    return "".join([await _value(part, context, output) for part in word])


async def pattern_of(word: Word, context: Context, output: Output) -> str:
    """Expand a word as a pattern for `fnmatch`, in which quoted wildcards are literal."""
    field = _Field()
    for part in word:
        field = field.plus(await _value(part, context, output), part.quoted)
    return field.pattern


async def _value(part: Part, context: Context, output: Output) -> str:
    match part:
        case Text():
            return part.text
        case Variable():
            return context.value(part.name) or part.default
        case Substitution():
            return await output(part.script)
        case Arithmetic():
            return str(evaluate("".join([await _value(each, context, output) for each in part.parts]), context.value))


async def _matching(one: _Field, context: Context, files: Files) -> list[str]:
    """Return the files that match the pattern in the last path part; the field itself if there is none."""
    folder, slash, name = one.text.rpartition("/")
    if one.wild:
        pattern = one.pattern.rpartition("/")[2]
        entries = await files.list(context.path(folder or slash or "."))
        found = sorted(entry for entry, _ in entries or () if fnmatch.fnmatchcase(entry, pattern))
        shown = [entry for entry in found if not entry.startswith(".") or name.startswith(".")]
        if shown:
            return [f"{folder}{slash}{entry}" for entry in shown]
    return [one.text]
