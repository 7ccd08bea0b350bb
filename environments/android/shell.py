"""Commands for a phone's shell. All of them go through `command`, so that no text is ever run by accident."""

import shlex
import struct
from typing import NamedTuple

from handeye.environments.errors import EnvironmentLost

_STDOUT, _STDERR, _EXIT = 1, 2, 3
_HEADER = struct.Struct("<BI")


class ShellResult(NamedTuple):
    """The output and exit status of a script on the phone."""

    output: str
    errors: str
    status: int

    @property
    def said(self) -> str:
        """Both outputs: many Android commands write errors to standard output and exit with status 0."""
        return f"{self.output}\n{self.errors}".strip()


def command(*words: str | float) -> str:
    """Return one command for the phone's shell, with every word quoted so that it arrives unchanged."""
    texts = [str(word) for word in words]
    if any("\0" in text for text in texts):
        raise ValueError("no word of a command can contain a NUL")
    return " ".join(shlex.quote(text) for text in texts)


def script(*commands: str) -> str:
    """Return commands made by `command` as one script that stops at the first failure."""
    return " && ".join(commands)


def read_packets(data: bytes) -> ShellResult:
    """Parse the output of the service `shell,v2` as text. Raises `EnvironmentLost`."""
    output, errors, status = read_packet_bytes(data)
    return ShellResult(output.decode(errors="replace"), errors.decode(errors="replace"), status)


def read_packet_bytes(data: bytes) -> tuple[bytes, bytes, int]:
    """Return standard output, standard error and status from the service's packets of an id, a length and bytes.

    Raises `EnvironmentLost` if it does not end with an exit status: the phone was disconnected.
    """
    parts: dict[int, list[bytes]] = {_STDOUT: [], _STDERR: []}
    at = 0
    while at + _HEADER.size <= len(data):
        kind, length = _HEADER.unpack_from(data, at)
        at += _HEADER.size
        body = data[at : at + length]
        at += length
        if kind == _EXIT and len(body) == 1:
            return b"".join(parts[_STDOUT]), b"".join(parts[_STDERR]), body[0]
        if kind in parts:
            parts[kind].append(body)
    raise EnvironmentLost("the phone was disconnected while running a command")
