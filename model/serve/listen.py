"""A server at an address, until it is told to stop."""

import ipaddress
import os
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from handeye.model.serve.app import Options, make_app
from handeye.model.serve.errors import CannotListen
from handeye.model.serve.service import Service

_PATIENCE = 10
"""Seconds that a client gets to receive the error of a request that ended with the server."""


class Listener(uvicorn.Server):
    """Serves a service over HTTP. A signal lets the requests that are under way fail, and then ends it."""

    def __init__(self, service: Service, options: Options, *, host: str = "127.0.0.1", port: int = 8000) -> None:
        """Listen at an address; a port of 0 is any free one. Nothing is answered until `run`.

        Raises:
            CannotListen: the address is not one of this machine, or is taken; or it is open to other machines, and
                the options have no key.
        """
        require_key(host, options.key)
        self._service = service
        self._socket = _listening(host, port)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self._socket.getsockname()[1]}/v1"
        app = make_app(service, options)
        super().__init__(
            uvicorn.Config(app, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=_PATIENCE)
        )
        self._on_ready: Callable[[], None] = lambda: None

    def answer(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Answer requests until a signal comes, or `leave` is called; `on_ready` is called when it begins."""
        self._on_ready = on_ready
        self._service.start()
        try:
            self.run(sockets=[self._socket])
        finally:
            self._service.stop()
            self._service.join()
            self._socket.close()

    def leave(self) -> None:
        """End soon. May be called from any thread."""
        self._service.stop()
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End because of a signal."""
        self._service.stop()
        super().handle_exit(sig, frame)


def require_key(host: str, key: str | None) -> None:
    """Raise `CannotListen` for an address that other machines can reach, without a key."""
    if key is None and not _is_loopback(host):
        raise CannotListen(
            f"at {host} other machines could use the model: set a key (HANDEYE_API_KEY), or listen at 127.0.0.1"
        )


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"{host} is not an address of this machine: {error.strerror or error}") from None
    try:
        if os.name == "posix":  # elsewhere it would let two programs listen at one port
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(place)
        found.listen(1024)
    except OSError as error:
        found.close()
        raise CannotListen(
            f"nothing can listen at {host}:{port}: {error.strerror or error}; choose another --port or --host"
        ) from None
    return found


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
