"""Commands for a phone's shell. All that reaches it goes through `command`, so nothing in it is ever run by chance."""

import shlex
import struct
from typing import NamedTuple

from handeye.environments.errors import EnvironmentLost

_STDOUT, _STDERR, _EXIT = 1, 2, 3
_HEADER = struct.Struct("<BI")


class ShellResult(NamedTuple):
    """What a script on the phone wrote, and how it ended."""

    output: str
    errors: str
    status: int

    @property
    def said(self) -> str:
        """Both outputs: many of Android's commands write their errors to the first, and end with status 0."""
        return f"{self.output}\n{self.errors}".strip()


def command(*words: str | float) -> str:
    """Return one command for the phone's shell, every word quoted, so that it arrives as it is."""
    texts = [str(word) for word in words]
    if any("\0" in text for text in texts):
        raise ValueError("no word of a command can hold a NUL")
    return " ".join(shlex.quote(text) for text in texts)


def script(*commands: str) -> str:
    """Return commands, made by `command`, as one script that stops at the first that fails."""
    return " && ".join(commands)


def read_packets(data: bytes) -> ShellResult:
    """Read what the service `shell,v2` sends: packets of an id, a length and bytes.

    Raises `EnvironmentLost` if it does not end with an exit status: the phone went away in between.
    """
    parts: dict[int, list[bytes]] = {_STDOUT: [], _STDERR: []}
    at = 0
    while at + _HEADER.size <= len(data):
        kind, length = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        body = data[at : at + length]
        at += length
        if kind == _EXIT and len(body) == 1:
            output, errors = (b"".join(parts[kind]).decode(errors="replace") for kind in (_STDOUT, _STDERR))
            return ShellResult(output, errors, body[0])
        if kind in parts:
            parts[kind].append(body)
    raise EnvironmentLost("the phone was disconnected while it carried out a command")
