"""`reverse:`: ports of the phone that lead to ports of the computer.

The phone has no network of its own: its ports are the loopback ports of the machine that it is simulated on.
"""

import asyncio
import os
from typing import TYPE_CHECKING, Final

from handeye.environments.simulated_phone.adbd.stream import AdbStream, StreamClosed

if TYPE_CHECKING:
    from handeye.environments.simulated_phone.adbd.connection import Connection

_CHUNK: Final = 64 * 1024


class _Refused(Exception):
    """A refused request, with a message for the computer."""


class Reversed:
    """The ports of the phone that a computer has forwarded."""

    def __init__(self) -> None:
        self._servers: dict[str, asyncio.Server | None] = {}
        self._targets: dict[str, str] = {}

    def serve_request(self, connection: "Connection", request: str) -> "_Request":
        """Return the service for `forward:tcp:1;tcp:2`, `list-forward`, `killforward:tcp:1` or `killforward-all`."""
        return _Request(self, connection, request)

    def listing(self) -> str:
        """Return a line for each port, in adb's format."""
        return "".join(f"host-19 {remote} {local}\n" for remote, local in self._targets.items())

    async def add(self, connection: "Connection", remote: str, local: str, rebind: bool) -> int | None:
        """Forward a port to the computer; return its number if it was chosen here."""
        port = _port(remote)
        if remote in self._targets and not rebind:
            raise _Refused(f"cannot rebind existing socket: {remote}")
        await self.remove(remote)
        if port == _port(local) and port != 0:
            # The computer is this machine, so a service on that port can be reached already.
            self._servers[remote], self._targets[remote] = None, local
            return None

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await _join(connection, self._targets.get(remote, local), reader, writer)

        try:
            server = await asyncio.start_server(accept, "127.0.0.1", port)
        except OSError as error:
            raise _Refused(f"cannot bind listener: {os.strerror(error.errno or 0)}") from None
        chosen: int = server.sockets[0].getsockname()[1]
        remote = f"tcp:{chosen}"
        self._servers[remote], self._targets[remote] = server, local
        return chosen if port == 0 else None

    async def remove(self, remote: str) -> bool:
        """Free a port; return whether it was taken."""
        server = self._servers.pop(remote, None)
        if server is not None:
            server.close()
        return self._targets.pop(remote, None) is not None

    async def close(self) -> None:
        """Free all ports."""
        for remote in tuple(self._targets):
            await self.remove(remote)


class _Request:
    outlives_close = False

    def __init__(self, ports: Reversed, connection: "Connection", request: str) -> None:
        self._ports = ports
        self._connection = connection
        self._request = request

    async def serve(self, stream: AdbStream) -> None:
        try:
            answer = await self._answer()
        except _Refused as refusal:
            answer = f"FAIL{len(str(refusal)):04x}{refusal}"
        await stream.write(answer.encode())

    async def _answer(self) -> str:
        verb, _, rest = self._request.partition(":")
        match verb:
            case "list-forward":
                listing = self._ports.listing()
                return f"{len(listing):04x}{listing}"
            case "killforward-all":
                await self._ports.close()
                return "OKAY"
            case "killforward":
                if not await self._ports.remove(rest):
                    raise _Refused(f"listener '{rest}' not found")
                return "OKAY"
            case "forward":
                rebind = not rest.startswith("norebind:")
                remote, _, local = rest.removeprefix("norebind:").partition(";")
                chosen = await self._ports.add(self._connection, remote, local, rebind)
                return "OKAY" if chosen is None else f"OKAY{len(str(chosen)):04x}{chosen}"
            case _:
                raise _Refused(f"unknown request {verb}")


def _port(address: str) -> int:
    kind, _, number = address.partition(":")
    if kind != "tcp" or not number.isdecimal() or int(number) > 65535:
        raise _Refused(f"this phone has tcp ports only, not {address}")
    return int(number)


async def _join(
    connection: "Connection", target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Copy bytes between a socket on the phone and a stream to the computer, both ways."""
    stream = await connection.connect(target)
    if stream is None:
        writer.close()
        return

    async def outward() -> None:
        while data := await reader.read(_CHUNK):
            await stream.write(data)

    async def inward() -> None:
        while data := await stream.read(_CHUNK):
            writer.write(data)
            await writer.drain()

    tasks = [asyncio.create_task(outward()), asyncio.create_task(inward())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        connection.hang_up(stream)
        writer.close()
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, StreamClosed | ConnectionError):
            raise result
