"""The messages that adb and the daemon on a phone exchange.

Source: `protocol.txt` of adb: a header of six little-endian numbers (command, two arguments, length and checksum of the
payload, the command's bits inverted), then the payload.
"""

import asyncio
import enum
import struct
from typing import Final, NamedTuple, Self

from handeye.actions.errors import HandeyeError

VERSION: Final = 0x01000001
"""The protocol version from which checksums are neither sent nor checked."""
CHECKED_VERSION: Final = 0x01000000
MAX_PAYLOAD: Final = 256 * 1024
"""The maximum payload that we accept in one message, in bytes."""

_HEADER = struct.Struct("<6I")
_LIMIT = 1024 * 1024
"""No adb sends more at once: a longer payload means that the other end uses another protocol."""


class BadMessage(HandeyeError):
    """The input is not an adb message."""


class Command(enum.IntEnum):
    """The kind of a message: four letters, read as a little-endian number."""

    CNXN = int.from_bytes(b"CNXN", "little")
    AUTH = int.from_bytes(b"AUTH", "little")
    STLS = int.from_bytes(b"STLS", "little")
    OPEN = int.from_bytes(b"OPEN", "little")
    OKAY = int.from_bytes(b"OKAY", "little")
    WRTE = int.from_bytes(b"WRTE", "little")
    CLSE = int.from_bytes(b"CLSE", "little")


class Message(NamedTuple):
    """One message. For streams, the first argument is the sender's stream id, the second the receiver's."""

    command: Command
    first: int
    second: int
    payload: bytes = b""

    def encode(self, version: int) -> bytes:
        """Return the bytes of the message, with a checksum if the protocol version requires one."""
        checksum = sum(self.payload) & 0xFFFFFFFF if version < VERSION else 0
        inverted = self.command ^ 0xFFFFFFFF
        return _HEADER.pack(*self[:3], len(self.payload), checksum, inverted) + self.payload

    @classmethod
    async def read(cls, reader: asyncio.StreamReader) -> Self:
        """Read one message; raise `BadMessage`, or `asyncio.IncompleteReadError` at the end of the connection."""
        number, first, second, length, _, inverted = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        if number ^ 0xFFFFFFFF != inverted or length > _LIMIT:
            raise BadMessage(f"no message of adb begins with {number:#010x}")
        try:
            command = Command(number)
        except ValueError:
            raise BadMessage(f"adb has no command {number:#010x}") from None
        return cls(command, first, second, await reader.readexactly(length))
