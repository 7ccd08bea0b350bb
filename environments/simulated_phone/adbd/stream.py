"""One of the streams within an adb connection."""

import asyncio
from collections.abc import Callable
from typing import Final

from handeye.environments.simulated_phone.adbd.message import Command, Message

CHUNK: Final = 256 * 1024
"""The maximum bytes in one outgoing message: each message costs a round trip and delays the other streams."""


class StreamClosed(ConnectionError):
    """The other end has closed the stream, or the connection is gone."""


class AdbStream:
    """A two-way pipe of bytes. Each message that we send must be acknowledged before the next one goes out."""

    def __init__(self, own: int, other: int, chunk: int, send: Callable[[Message], None]) -> None:
        """Create our end of a stream, with our id `own` and the other end's id `other`."""
        self.own = own
        self.other = other
        self.closed = False
        self._chunk = chunk
        self._send = send
        self._free = asyncio.Event()
        self._free.set()
        self._arrived = asyncio.Event()
        self._buffer = bytearray()
        self._turn = asyncio.Lock()

    async def write(self, data: bytes) -> None:
        """Send everything and wait until the other end has accepted it; raise `StreamClosed` if it does not."""
        async with self._turn:
            for start in range(0, len(data), self._chunk):
                await self._free.wait()
                self._require_open()
                self._free.clear()
                self._send(Message(Command.WRTE, self.own, self.other, data[start : start + self._chunk]))
            await self._free.wait()
            self._require_open()

    async def read(self, size: int) -> bytes:
        """Return from one to `size` bytes, or none at the end of the stream."""
        while not self._buffer and not self.closed:
            self._arrived.clear()
            await self._arrived.wait()
        data = bytes(self._buffer[:size])
        del self._buffer[: len(data)]
        return data

    async def read_exactly(self, size: int) -> bytes:
        """Return `size` bytes; raise `StreamClosed` if the stream ends earlier."""
        parts = []
        while size:
            part = await self.read(size)
            if not part:
                raise StreamClosed("the stream ended early")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def receive(self, data: bytes) -> None:
        """Add data that the other end has sent."""
        self._buffer += data
        self._arrived.set()

    def acknowledge(self) -> None:
        """Note that the other end has accepted our data."""
        self._free.set()

    def close(self) -> None:
        """Note that no more is sent in either direction. Data that has arrived can still be read."""
        self.closed = True
        self._free.set()
        self._arrived.set()

    def _require_open(self) -> None:
        if self.closed:
            raise StreamClosed("the other end has closed the stream")
