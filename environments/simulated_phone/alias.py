"""An adb server in front of the real one, on which the phone has another serial, as one found by mDNS has."""

import contextlib
import socket
import socketserver
import threading
from typing import Final

from handeye.actions.closeable import Closeable

_PIECE: Final = 64 * 1024
_DIGITS: Final = 4
"""Hexadecimal digits of a length, before each request and each answer."""


class AdbAlias(Closeable):
    """Passes requests on, with one serial in the place of another. It listens from its creation until `close`."""

    def __init__(self, port: int, serial: str, alias: str) -> None:
        """Stand in front of the adb server on a port; its phone `serial` is called `alias` here."""
        self._server = _Server(("127.0.0.1", 0), _Request)
        self._server.upstream, self._server.serial, self._server.alias = port, serial, alias
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="handeye-adb", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop listening. Closing twice is harmless."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    upstream: int
    serial: str
    alias: str


class _Request(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        with (
            contextlib.suppress(OSError, EOFError),
            socket.create_connection(("127.0.0.1", self.server.upstream)) as real,
        ):
            self._serve(self.request, real)

    def _serve(self, client: socket.socket, real: socket.socket) -> None:
        request = _text(client)
        for verb in ("host:transport:", "host:tport:serial:", "host-serial:"):
            if request.startswith(f"{verb}{self.server.alias}"):
                request = verb + self.server.serial + request[len(verb) + len(self.server.alias) :]
        real.sendall(_framed(request))
        if request in ("host:devices", "host:devices-l"):
            state = _exactly(real, 4)
            client.sendall(state + _framed(_text(real).replace(self.server.serial, self.server.alias)))
            return
        back = threading.Thread(target=_pipe, args=(real, client), daemon=True)
        back.start()
        _pipe(client, real)
        back.join()


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    """Copy bytes until the source ends, then tell the sink so."""
    with contextlib.suppress(OSError):
        while data := source.recv(_PIECE):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _text(source: socket.socket) -> str:
    return _exactly(source, int(_exactly(source, _DIGITS), 16)).decode()


def _framed(text: str) -> bytes:
    data = text.encode()
    return b"%04x%b" % (len(data), data)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = source.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return data
