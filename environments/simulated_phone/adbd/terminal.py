"""`adb shell` without a command: a line editor for a person, on a terminal that sends every key as it is pressed."""

import asyncio
import struct
from typing import Final

from handeye.environments.simulated_phone.adbd.shell import Packet
from handeye.environments.simulated_phone.adbd.stream import AdbStream, StreamClosed
from handeye.environments.simulated_phone.shell.pipe import Nothing
from handeye.environments.simulated_phone.shell.run import Shell

PROMPT: Final = "simulated:/ $ "
_PACKET = struct.Struct("<BI")
_INTERRUPT, _END, _BACKSPACES, _ENTERS = "\x03", "\x04", "\x08\x7f", "\r\n"


class Terminal:
    """Reads keys, echoes them, and runs each line."""

    outlives_close = False

    def __init__(self, shell: Shell, *, packets: bool) -> None:
        self._shell = shell
        self._packets = packets

    async def serve(self, stream: AdbStream) -> None:
        """Run lines until `exit`, ctrl-d or the end of the stream."""
        output = _Output(stream, self._packets)
        keys = _Keys(stream, self._packets)
        await output.write(PROMPT.encode())
        line, status = "", 0
        while (key := await keys.next()) is not None:
            if key in _ENTERS:
                await output.write(b"\n")
                if line.strip():
                    status = await self._run(line, output, keys)
                if self._shell.exited:
                    break
                line = ""
                await output.write(PROMPT.encode())
            elif key == _END and not line:
                await output.write(b"\n")
                break
            elif key == _INTERRUPT:
                line, status = "", self._shell.interrupt()
                await output.write(b"^C\n" + PROMPT.encode())
            elif key in _BACKSPACES:
                if line:
                    line = line[:-1]
                    await output.write(b"\b \b")
            elif key.isprintable():
                line += key
                await output.write(key.encode())
        if self._packets:
            await stream.write(_PACKET.pack(Packet.EXIT, 1) + bytes((status & 255,)))

    async def _run(self, line: str, output: "_Output", keys: "_Keys") -> int:
        """Run a line until its end, or until ctrl-c."""
        running = asyncio.create_task(self._shell.run(line, Nothing(), output, output))
        interrupted = asyncio.create_task(keys.interrupt())
        try:
            await asyncio.wait((running, interrupted), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return running.result()
            await output.write(b"^C\n")
            return self._shell.interrupt()
        finally:
            running.cancel()
            interrupted.cancel()
            await asyncio.wait((running, interrupted))


class _Output:
    """Writes for a raw terminal, where a newline does not return to the first column."""

    def __init__(self, stream: AdbStream, packets: bool) -> None:
        self._stream = stream
        self._packets = packets

    async def write(self, data: bytes) -> None:
        data = data.replace(b"\n", b"\r\n")
        await self._stream.write(_PACKET.pack(Packet.STDOUT, len(data)) + data if self._packets else data)


class _Keys:
    """The keys that a person presses."""

    def __init__(self, stream: AdbStream, packets: bool) -> None:
        self._stream = stream
        self._packets = packets
        self._pending: list[str] = []
        self._ended = False

    async def next(self) -> str | None:
        """Return the next key; None at the end."""
        while not self._pending:
            if self._ended:
                return None
            await self._read()
        return self._pending.pop(0)

    async def interrupt(self) -> None:
        """Wait for ctrl-c or the end; what was typed before ctrl-c is discarded, and the rest kept."""
        while not self._ended:
            if _INTERRUPT in self._pending:
                del self._pending[: self._pending.index(_INTERRUPT) + 1]
                return
            await self._read()
        await asyncio.Event().wait()  # nobody is left to press it

    async def _read(self) -> None:
        try:
            if self._packets:
                kind, length = _PACKET.unpack(await self._stream.read_exactly(_PACKET.size))
                data = await self._stream.read_exactly(length)
                self._ended = kind == Packet.CLOSE_STDIN
                data = data if kind == Packet.STDIN else b""
            else:
                data = await self._stream.read(4096)
                self._ended = not data
        except StreamClosed:
            self._ended = True
        else:
            self._pending += data.decode(errors="ignore")
