"""A connection from a computer's adb: its authentication and its streams."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping
from typing import Final, Protocol

from handeye.environments.simulated_phone.adbd.auth import (
    PUBLIC_KEY,
    SIGNATURE,
    TOKEN,
    TOKEN_BYTES,
    Authorize,
    BadKey,
    PublicKey,
)
from handeye.environments.simulated_phone.adbd.gate import Gate
from handeye.environments.simulated_phone.adbd.message import (
    CHECKED_VERSION,
    MAX_PAYLOAD,
    VERSION,
    BadMessage,
    Command,
    Message,
)
from handeye.environments.simulated_phone.adbd.stream import CHUNK, AdbStream, StreamClosed

FEATURES: Final = ("shell_v2", "cmd", "fixed_push_mkdir")
"""The features that adb may use. Each additional one (`stat_v2`, `ls_v2`, `delayed_ack`, ...) would need support."""

_SIGNATURES = 32
"""How many keys a computer may try before it is ignored."""


class Service(Protocol):
    """Serves one stream."""

    outlives_close: bool
    """Whether it continues when the other end closes the stream, to read everything that was sent."""

    def serve(self, stream: AdbStream) -> Coroutine[None, None, None]:
        """Communicate over the stream until done; may raise `StreamClosed`."""


FindService = Callable[[str, "Connection"], Service | None]
"""Returns the service for a stream name such as `shell,v2:ls`, or None."""


class Connection:
    """One connection, from the handshake to its end."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: Gate,
        identity: Mapping[str, str],
        find_service: FindService,
    ) -> None:
        """Take over both directions of a socket. `identity` contains the properties in the phone's banner."""
        self._reader = reader
        self._writer = writer
        self._gate = gate
        self._identity = identity
        self._find_service = find_service
        self._version = CHECKED_VERSION
        self._their_version = CHECKED_VERSION
        self._chunk = CHUNK
        self._token = b""
        self._signatures = 0
        self._online = False
        self._streams: dict[int, AdbStream] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._opened: dict[int, asyncio.Future[bool]] = {}
        self._numbers = 0
        self._lingering: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Answer until the computer disconnects, the connection is cut, or an invalid message arrives."""
        try:
            while True:
                self._take(await Message.read(self._reader))
                await self._writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, BadMessage):
            return
        finally:
            self._gate.forget(self._come_online)
            for stream in self._streams.values():
                stream.close()
            for waiting in self._opened.values():
                waiting.cancel()
            for task in (*self._tasks.values(), *self._lingering):
                task.cancel()
            self._writer.close()

    def cut(self) -> None:
        """Break the connection immediately, like a pulled cable."""
        self._writer.transport.abort()

    async def connect(self, name: str) -> AdbStream | None:
        """Open a stream to something on the computer, such as `tcp:8000`; None if it refuses."""
        stream = self._new_stream(0)
        opened = asyncio.get_running_loop().create_future()
        self._opened[stream.own] = opened
        self._send(Message(Command.OPEN, stream.own, 0, name.encode() + b"\0"))
        try:
            return stream if await opened else None
        finally:
            del self._opened[stream.own]

    def hang_up(self, stream: AdbStream) -> None:
        """Close a stream from our side, if it is still open."""
        if self._streams.pop(stream.own, None) is not None:
            stream.close()
            self._send(Message(Command.CLSE, stream.own, stream.other))

    def _send(self, message: Message) -> None:
        if not self._writer.is_closing():
            self._writer.write(message.encode(self._version))

    def _take(self, message: Message) -> None:
        match message.command:
            case Command.CNXN:
                self._introduce(message)
            case Command.AUTH:
                self._authenticate(message)
            case _ if not self._online:
                return  # a real phone does not answer a stranger either
            case Command.OPEN:
                self._open(message)
            case Command.OKAY:
                self._acknowledge(message)
            case Command.WRTE:
                self._receive(message)
            case Command.CLSE:
                self._close(message)

    def _introduce(self, message: Message) -> None:
        self._their_version = min(message.first, VERSION)
        self._chunk = min(message.second, CHUNK)
        if self._gate.authorize is Authorize.EVERYONE:
            self._come_online()
        else:
            self._send_token()

    def _authenticate(self, message: Message) -> None:
        if self._online or not self._token:
            return
        if message.first == SIGNATURE and self._signatures < _SIGNATURES:
            self._signatures += 1
            if self._gate.signed(self._token, message.payload):
                self._come_online()
            else:
                self._send_token()
        elif message.first == PUBLIC_KEY:
            try:
                key = PublicKey.parse(message.payload.decode(errors="replace"))
            except BadKey:
                return
            self._gate.ask(key, self._come_online)

    def _send_token(self) -> None:
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self._send(Message(Command.AUTH, TOKEN, 0, self._token))

    def _come_online(self) -> None:
        properties = ";".join(f"{name}={value}" for name, value in self._identity.items())
        banner = f"device::{properties};features={','.join(FEATURES)}"
        # Until now the other end may expect checksums; from here on the older of the two versions applies.
        self._send(Message(Command.CNXN, VERSION, MAX_PAYLOAD, banner.encode()))
        self._version = self._their_version
        self._online = True

    def _open(self, message: Message) -> None:
        name = message.payload.rstrip(b"\0").decode(errors="surrogateescape")
        service = self._find_service(name, self)
        if service is None:
            self._send(Message(Command.CLSE, 0, message.first))
            return
        stream = self._new_stream(message.first)
        self._send(Message(Command.OKAY, stream.own, stream.other))
        task = asyncio.create_task(self._serve(stream, service))
        self._tasks[stream.own] = task
        if service.outlives_close:
            self._lingering.add(task)
            task.add_done_callback(self._lingering.discard)

    async def _serve(self, stream: AdbStream, service: Service) -> None:
        try:
            await service.serve(stream)
        except StreamClosed:
            return
        finally:
            self._tasks.pop(stream.own, None)
            self.hang_up(stream)

    def _new_stream(self, other: int) -> AdbStream:
        self._numbers += 1
        stream = AdbStream(self._numbers, other, self._chunk, self._send)
        self._streams[stream.own] = stream
        return stream

    def _acknowledge(self, message: Message) -> None:
        stream = self._streams.get(message.second)
        if stream is None:
            return
        opened = self._opened.get(stream.own)
        if opened is not None and not opened.done():
            stream.other = message.first
            opened.set_result(True)
        stream.acknowledge()

    def _receive(self, message: Message) -> None:
        stream = self._streams.get(message.second)
        if stream is None:
            self._send(Message(Command.CLSE, 0, message.first))
            return
        stream.receive(message.payload)
        self._send(Message(Command.OKAY, stream.own, stream.other))

    def _close(self, message: Message) -> None:
        stream = self._streams.pop(message.second, None)
        if stream is None:
            return
        stream.close()
        opened = self._opened.get(stream.own)
        if opened is not None and not opened.done():
            opened.set_result(False)  # refused, so there is nothing to close
        else:
            self._send(Message(Command.CLSE, stream.own, stream.other))
        task = self._tasks.pop(stream.own, None)
        if task is not None and task not in self._lingering:
            task.cancel()
