"""Our own connections to the adb server.

For every call, adbutils opens a second connection to ask for the server's version and sleeps twice for 10 ms; it reads
in chunks of 4 KiB, which it joins in quadratic time. A step on a phone is a handful of calls and a 10 MB screenshot, so
this matters. A request is its length in 4 hexadecimal digits and its text; the answer is OKAY, or FAIL and a reason.
Source: platform/packages/modules/adb/docs/dev/services.md.
"""

import socket
import threading
import time
from typing import NamedTuple

from handeye.actions.closeable import Closeable
from handeye.environments.android.shell import ShellResult, read_packets
from handeye.environments.errors import AdbFailed, EnvironmentLost

CALL_SECONDS = 20.0
"""How long a phone may take for a call that should be quick."""
_HOST_SECONDS = 10.0
_PIECE = 256 * 1024


class RequestFailed(AdbFailed):
    """The adb server refused a request; the message is its own."""


class PhoneSilent(EnvironmentLost):
    """The phone did not answer in time; it may still be there."""


class ServiceClosed(EnvironmentLost):
    """The phone is listed, but refuses to start a service."""


class Address(NamedTuple):
    """How to reach one phone through the adb server."""

    serial: str
    """Its serial number, or host:port; may hold spaces."""
    transport: int | None = None
    """The server's number of the connection; None where the serial alone tells which phone is meant. A phone that is
    plugged in again keeps its serial and gets another number."""

    @property
    def request(self) -> str:
        """The request that leads to the phone."""
        return f"host:transport:{self.serial}" if self.transport is None else f"host:transport-id:{self.transport}"


class AdbLink:
    """Talks to the adb server on one port. One caller at a time, but `interrupt` may be called from any thread."""

    def __init__(self, port: int) -> None:
        """Open nothing until it is needed."""
        self.port = port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._interrupted = False

    def host(self, request: str, seconds: float = _HOST_SECONDS) -> str:
        """Ask the server itself, for example `devices-l`; return its answer. Raises `RequestFailed`, `AdbFailed`."""
        with self._stream(seconds) as stream:
            stream.ask(f"host:{request}")
            return stream.text()

    def reconnect(self, transport: int) -> None:
        """Make the server connect to a phone by USB anew. Raises `RequestFailed`, `AdbFailed`."""
        with self._stream(_HOST_SECONDS) as stream:
            stream.ask(f"host-transport-id:{transport}:reconnect")

    def start(self, phone: Address, service: str, seconds: float) -> "AdbStream":
        """Start a service on a phone, such as `exec:screencap -p`. The caller closes the returned stream.

        Raises `EnvironmentLost` if the phone is gone, `ServiceClosed` if it is there and refuses.
        """
        try:
            stream = self._stream(seconds)
            try:
                stream.ask(phone.request)
                try:
                    stream.ask(service)
                except RequestFailed as error:
                    raise ServiceClosed(f"the phone {phone.serial} does not answer adb: {error}") from None
            except BaseException:
                stream.close()
                raise
        except RequestFailed as error:
            raise EnvironmentLost(f"the phone {phone.serial} is gone: {error}") from None
        except AdbFailed as error:
            raise EnvironmentLost(str(error)) from None
        return stream

    def read(self, phone: Address, service: str, seconds: float = CALL_SECONDS) -> bytes:
        """Return everything that a service on a phone sends. Raises `EnvironmentLost`."""
        with self.start(phone, service, seconds) as stream:
            return stream.rest()

    def shell(self, phone: Address, commands: str, seconds: float = CALL_SECONDS) -> ShellResult:
        """Run a script in the phone's shell, in one round trip. Raises `EnvironmentLost`."""
        return read_packets(self.read(phone, f"shell,v2,raw:{commands}", seconds))

    def interrupt(self) -> None:
        """End all calls, raising `EnvironmentLost` in waiting threads; nothing can be started until `allow`."""
        with self._lock:
            self._interrupted = True
            for connection in self._open:
                _shut(connection)

    def allow(self) -> None:
        """Undo `interrupt`."""
        with self._lock:
            self._interrupted = False

    def _stream(self, seconds: float) -> "AdbStream":
        try:
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=_HOST_SECONDS)
        except OSError as error:
            raise AdbFailed(f"the adb server does not answer on port {self.port}: {error}") from None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            if self._interrupted:
                connection.close()
                raise EnvironmentLost("the environment is closed")
            self._open.add(connection)
        return AdbStream(self, connection, seconds)

    def forget(self, connection: socket.socket) -> None:
        """Close one of our connections."""
        with self._lock:
            self._open.discard(connection)
        connection.close()


class AdbStream(Closeable):
    """One connection to the adb server and, through it, to a service."""

    def __init__(self, link: AdbLink, connection: socket.socket, seconds: float) -> None:
        self._link = link
        self._connection = connection
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def ask(self, request: str) -> None:
        """Send a request and wait until it is accepted. Raises `RequestFailed`."""
        data = request.encode()
        if len(data) > 0xFFFF:
            raise AdbFailed(f"a request to adb is too long: {len(data)} bytes")
        try:
            self._connection.sendall(b"%04x%b" % (len(data), data))
        except OSError as error:
            raise EnvironmentLost(f"the adb server closed the connection: {error}") from None
        answer = self._exactly(4)
        if answer == b"FAIL":
            raise RequestFailed(self.text())
        if answer != b"OKAY":
            raise AdbFailed(f"the program on port {self._link.port} is not an adb server")

    def text(self) -> str:
        """Read a length-prefixed text."""
        try:
            length = int(self._exactly(4), 16)
        except ValueError:
            raise AdbFailed(f"the program on port {self._link.port} is not an adb server") from None
        return self._exactly(length).decode(errors="replace")

    def rest(self) -> bytes:
        """Read to the end."""
        parts = []
        while part := self._piece(_PIECE):
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Hang up."""
        self._link.forget(self._connection)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._piece(count - len(data))
            if not part:
                raise EnvironmentLost("the adb server closed the connection")
            data += part
        return data

    def _piece(self, count: int) -> bytes:
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            return self._connection.recv(count)
        except TimeoutError:
            raise PhoneSilent(f"the phone did not answer within {self._seconds:.0f} s") from None
        except OSError as error:
            raise EnvironmentLost(f"the connection to the phone broke: {error}") from None


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was already shut down
