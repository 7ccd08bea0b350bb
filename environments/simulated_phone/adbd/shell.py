"""`shell:` and `exec:`: a command over a stream, raw or as packets that separate output, errors and status.

Source: `shell_protocol.h` of adb: packets of a kind (1 byte), a length (4 bytes, little-endian) and the data.
"""

import asyncio
import struct
from enum import IntEnum
from typing import Final

from handeye.environments.simulated_phone.adbd.stream import AdbStream, StreamClosed
from handeye.environments.simulated_phone.shell.pipe import Pipe
from handeye.environments.simulated_phone.shell.run import Shell

_PACKET = struct.Struct("<BI")
_DATA: Final = 32 * 1024
"""The maximum data in one packet, in bytes."""


class Packet(IntEnum):
    """What a packet carries."""

    STDIN = 0
    STDOUT = 1
    STDERR = 2
    EXIT = 3
    CLOSE_STDIN = 4
    WINDOW_SIZE = 5


class RawShell:
    """Output and errors combined, without a status. Also reads what the other end writes."""

    def __init__(self, shell: Shell, command: str, *, outlives_close: bool) -> None:
        self.outlives_close = outlives_close
        self._shell = shell
        self._command = command

    async def serve(self, stream: AdbStream) -> None:
        """Run the command to its end."""
        await self._shell.run(self._command, stream, stream, stream)


class PacketShell:
    """Output, errors and status, each in separate packets. Without a command, the standard input is the script."""

    outlives_close = False

    def __init__(self, shell: Shell, command: str) -> None:
        self._shell = shell
        self._command = command

    async def serve(self, stream: AdbStream) -> None:
        """Run the command to its end and send its status."""
        stdin = Pipe()
        reading = asyncio.create_task(_read_packets(stream, stdin))
        try:
            out, err = _PacketSink(stream, Packet.STDOUT), _PacketSink(stream, Packet.STDERR)
            if self._command:
                status = await self._shell.run(self._command, stdin, out, err)
            else:
                status = await self._shell.run_lines(stdin, out, err)
            await stream.write(_PACKET.pack(Packet.EXIT, 1) + bytes((status & 255,)))
        finally:
            reading.cancel()


class _PacketSink:
    def __init__(self, stream: AdbStream, kind: Packet) -> None:
        self._stream = stream
        self._kind = kind

    async def write(self, data: bytes) -> None:
        packets = bytearray()
        for start in range(0, len(data), _DATA):
            part = data[start : start + _DATA]
            packets += _PACKET.pack(self._kind, len(part)) + part
        await self._stream.write(bytes(packets))


async def _read_packets(stream: AdbStream, stdin: Pipe) -> None:
    try:
        while True:
            kind, length = _PACKET.unpack(await stream.read_exactly(_PACKET.size))
            data = await stream.read_exactly(length)
            if kind == Packet.STDIN:
                await stdin.write(data)
            elif kind == Packet.CLOSE_STDIN:
                await stdin.end()
    except StreamClosed:
        await stdin.end()
