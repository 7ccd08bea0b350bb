"""`sync:`: files to and from the phone, in the first version of the protocol.

Source: `SYNC.TXT` of adb: requests of four letters, a length (4 bytes, little-endian) and a path.
"""

import posixpath
import struct
from typing import Final

from handeye.environments.simulated_phone.adbd.stream import AdbStream, StreamClosed
from handeye.environments.simulated_phone.files import Entry, Files

_REQUEST = struct.Struct("<4sI")
_ENTRY = struct.Struct("<III")
_DATA: Final = 64 * 1024
"""The maximum part of a file in one message, in bytes, set by the protocol."""
_LONGEST_PATH = 1024


class Sync:
    """Serves one file transfer session."""

    outlives_close = False

    def __init__(self, files: Files) -> None:
        self._files = files

    async def serve(self, stream: AdbStream) -> None:
        """Answer requests until the other end has no more."""
        while True:
            request, length = _REQUEST.unpack(await stream.read_exactly(_REQUEST.size))
            if request == b"QUIT":
                return
            if length > _LONGEST_PATH:
                await _fail(stream, "path too long")
                return
            path = (await stream.read_exactly(length)).decode(errors="surrogateescape")
            match request:
                case b"STAT":
                    await self._stat(stream, path)
                case b"LIST":
                    await self._list(stream, path)
                case b"RECV":
                    await self._send_file(stream, path)
                case b"SEND":
                    await self._take_file(stream, path)
                case _:
                    await _fail(stream, f"unknown command {request.decode(errors='replace')}")
                    return

    async def _stat(self, stream: AdbStream, path: str) -> None:
        await stream.write(b"STAT" + _numbers(await self._files.stat(path)))

    async def _list(self, stream: AdbStream, path: str) -> None:
        answer = bytearray()
        for name, entry in await self._files.list(path) or ():
            encoded = name.encode(errors="surrogateescape")
            answer += b"DENT" + _numbers(entry) + struct.pack("<I", len(encoded)) + encoded
        await stream.write(bytes(answer) + b"DONE" + bytes(16))

    async def _send_file(self, stream: AdbStream, path: str) -> None:
        entry = await self._files.stat(path)
        if entry is None or entry.directory:
            reason = "No such file or directory" if entry is None else "Is a directory"
            await _fail(stream, f"open failed: {reason}" if entry is None else f"read failed: {reason}")
            return
        data = await self._files.read(path)
        answer = bytearray()
        for start in range(0, len(data), _DATA):
            part = data[start : start + _DATA]
            answer += _REQUEST.pack(b"DATA", len(part)) + part
        await stream.write(bytes(answer) + _REQUEST.pack(b"DONE", 0))

    async def _take_file(self, stream: AdbStream, path_and_mode: str) -> None:
        path = path_and_mode.rpartition(",")[0]
        parts = []
        while True:
            kind, number = _REQUEST.unpack(await stream.read_exactly(_REQUEST.size))
            if kind == b"DONE":
                break
            if kind != b"DATA" or number > _DATA:
                raise StreamClosed("the data received is not part of a file")
            parts.append(await stream.read_exactly(number))
        problem = await self._files.unwritable(path)
        if problem == "No such file or directory":
            # Parent folders are created, as the feature `fixed_push_mkdir` promises.
            await self._files.make_folder(posixpath.dirname(path))
            problem = await self._files.unwritable(path)
        if problem is not None:
            await _fail(stream, f"couldn't create file: {problem}")
            return
        await self._files.write(path, b"".join(parts), number)
        await stream.write(_REQUEST.pack(b"OKAY", 0))


def _numbers(entry: Entry | None) -> bytes:
    return bytes(12) if entry is None else _ENTRY.pack(entry.mode, entry.size, entry.modified)


async def _fail(stream: AdbStream, reason: str) -> None:
    encoded = reason.encode()
    await stream.write(_REQUEST.pack(b"FAIL", len(encoded)) + encoded)
