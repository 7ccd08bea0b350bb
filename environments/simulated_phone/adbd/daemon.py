"""adbd, the daemon on the phone: a port that computers connect to, and its services."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Final

from handeye.environments.simulated_phone.adbd.connection import Connection, Service
from handeye.environments.simulated_phone.adbd.gate import Gate
from handeye.environments.simulated_phone.adbd.reverse import Reversed
from handeye.environments.simulated_phone.adbd.shell import PacketShell, RawShell
from handeye.environments.simulated_phone.adbd.stream import AdbStream
from handeye.environments.simulated_phone.adbd.sync import Sync
from handeye.environments.simulated_phone.adbd.terminal import Terminal
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.shell.call import FindCommand
from handeye.environments.simulated_phone.shell.run import Shell

_INTRODUCTION: Final = ("ro.product.name", "ro.product.model", "ro.product.device")


class Adbd:
    """Serves every computer that connects."""

    def __init__(
        self,
        device: Device,
        gate: Gate,
        find_command: FindCommand,
        refuses: Callable[[str], bool] = lambda service: False,
    ) -> None:
        """`refuses` says of a service, by its whole name, whether it is closed at once."""
        self._device = device
        self._find_command = find_command
        self._refuses = refuses
        self._gate = gate
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()
        self._reversed = Reversed()
        self._plugged = True

    async def start(self, listener: socket.socket) -> None:
        """Accept connections on a listening socket; takes ownership of it."""
        self._server = await asyncio.start_server(self._accept, sock=listener)

    async def stop(self) -> None:
        """Stop listening and break all connections. Stopping twice is harmless."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break all connections immediately, and every new one until `plug`."""
        self._plugged = False
        for connection in tuple(self._connections):
            connection.cut()
        await self._reversed.close()

    def plug(self) -> None:
        """Let computers connect again."""
        self._plugged = True

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._plugged:
            writer.transport.abort()
            return
        identity = {name: self._device.properties[name] for name in _INTRODUCTION}
        connection = Connection(reader, writer, self._gate, identity, self._find_service)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)

    def _find_service(self, name: str, connection: Connection) -> Service | None:
        if self._refuses(name):
            return None
        kind, _, argument = name.partition(":")
        kind, *options = kind.split(",")
        match kind:
            case "shell" if not argument and ("pty" in options or "v2" not in options):
                return Terminal(self._shell(), packets="v2" in options)
            case "shell" if "v2" in options:
                return PacketShell(self._shell(), argument)
            case "shell":
                return RawShell(self._shell(), argument, outlives_close=False)
            case "exec":
                return RawShell(self._shell(), argument, outlives_close=True)
            case "sync":
                return Sync(self._device.files)
            case "reverse":
                return self._reversed.serve_request(connection, argument)
            case "root":
                return _Saying("adbd cannot run as root in production builds\n")
            case "unroot":
                return _Saying("adbd not running as root\n")
            case "remount" | "tcpip" | "usb":
                return _Saying("adbd cannot do this on a simulated phone\n")
            case "reboot":
                return _Reboot(self._device)
            case _:
                return None

    def _shell(self) -> Shell:
        return Shell(self._device, self._find_command)


class _Saying:
    """Sends a fixed text."""

    outlives_close = False

    def __init__(self, text: str) -> None:
        self._text = text

    def serve(self, stream: AdbStream) -> Coroutine[None, None, None]:
        return stream.write(self._text.encode())


class _Reboot:
    """Turns the phone off and on again."""

    outlives_close = True

    def __init__(self, device: Device) -> None:
        self._device = device

    async def serve(self, stream: AdbStream) -> None:
        self._device.reboot()
