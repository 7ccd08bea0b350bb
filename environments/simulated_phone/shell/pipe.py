"""What a command reads from and writes to."""

import asyncio
from typing import Final, Protocol

_ROOM: Final = 1024 * 1024
"""A pipe's capacity in bytes, at which the writer has to wait."""


class PipeClosed(ConnectionError):
    """The reader has gone."""


class Source(Protocol):
    """Where a command reads from."""

    async def read(self, size: int) -> bytes:
        """Return from one to `size` bytes, or none at the end."""


class Sink(Protocol):
    """Where a command writes to."""

    async def write(self, data: bytes) -> None:
        """Write everything; raise `PipeClosed` or `StreamClosed` if nobody reads it."""


class Nothing:
    """`/dev/null`: reads as empty, and discards writes."""

    async def read(self, size: int) -> bytes:
        """Return nothing."""
        return b""

    async def write(self, data: bytes) -> None:
        """Forget it."""


class Bytes:
    """Bytes given from the start."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    async def read(self, size: int) -> bytes:
        """Return the next bytes."""
        part = self._data[self._at : self._at + size]
        self._at += len(part)
        return part


class Collected:
    """Keeps what is written."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    async def write(self, data: bytes) -> None:
        """Keep it."""
        self._parts.append(data)

    @property
    def data(self) -> bytes:
        """Everything written."""
        return b"".join(self._parts)


class Pipe:
    """Connects a command that writes with one that reads."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ended = False
        self._unread = False
        self._changed = asyncio.Condition()

    async def write(self, data: bytes) -> None:
        """Write, waiting for space; raise `PipeClosed` if the reader has gone."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._unread or len(self._buffer) < _ROOM)
            if self._unread:
                raise PipeClosed("this pipe no longer has a reader")
            self._buffer += data
            self._changed.notify_all()

    async def read(self, size: int) -> bytes:
        """Wait for bytes, and return them; none when the writer is done."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._buffer or self._ended)
            data = bytes(self._buffer[:size])
            del self._buffer[: len(data)]
            self._changed.notify_all()
            return data

    async def end(self) -> None:
        """Note that nothing more will be written."""
        async with self._changed:
            self._ended = True
            self._changed.notify_all()

    async def abandon(self) -> None:
        """Note that nothing more will be read."""
        async with self._changed:
            self._unread = True
            self._changed.notify_all()
