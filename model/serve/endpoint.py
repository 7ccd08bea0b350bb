"""An address that a server has, before it answers there."""

import ipaddress
import os
import socket

from handeye.model.errors import CannotListen

_BACKLOG = 1024
"""Connections that wait until they are accepted."""
_STALLED = 60
"""Seconds that a client may take nothing of what is sent to it, or not be reachable."""


class Endpoint:
    """An address of this machine that is taken; connections are refused there until `open`."""

    def __init__(self, host: str, port: int, *, key: str | None, stalled: int = _STALLED) -> None:
        """Take the address; a port of 0 is any free one.

        key: what clients have to send; None is nothing.
        stalled: seconds after which the connection to a client that takes nothing is cut, where the system can do that.

        Raises:
            CannotListen: the address is not one of this machine, or is taken; or other machines can reach it, and
                there is no key.
        """
        if key is None and not is_loopback(host):
            raise CannotListen(
                f"at {host} other machines could use the model: set a key (HANDEYE_API_KEY), or listen at 127.0.0.1"
            )
        self.key = key
        self.socket = _bound(host, port)
        _cut_when_stalled(self.socket, stalled)
        self._host, self._port = host, int(self.socket.getsockname()[1])

    def __enter__(self) -> "Endpoint":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://{f'[{self._host}]' if ':' in self._host else self._host}:{self._port}/v1"

    def open(self) -> None:
        """Let clients connect. Raises `CannotListen` if another program has come first, which some systems allow."""
        try:
            _reuse(self.socket, 1)  # for the connections, whose ends block the address for a minute otherwise
            self.socket.listen(_BACKLOG)
        except OSError as error:
            raise _taken(self._host, self._port, error) from None

    def close(self) -> None:
        """Leave the address."""
        self.socket.close()


def is_loopback(host: str) -> bool:
    """Tell whether a name or a number stands for this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:  # the latter of a name with an empty or a long part
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise CannotListen(f"{host} is not an address of this machine: {reason}") from None
    try:
        _reuse(found, 1)
        found.bind(place)
        _reuse(found, 0)  # so that nobody else can take the address before it is open
    except OSError as error:
        found.close()
        raise _taken(host, port, error) from None
    return found


def _reuse(found: socket.socket, value: int) -> None:
    if os.name == "posix":  # elsewhere it would let two programs listen at one port
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, value)


def _taken(host: str, port: int, error: OSError) -> CannotListen:
    return CannotListen(
        f"nothing can listen at {host}:{port}: {error.strerror or error}; choose another --port or --host"
    )


def _cut_when_stalled(listening: socket.socket, seconds: int) -> None:
    """Let the system cut connections to clients that take nothing, or are gone without a word.

    Otherwise such a client would keep its place for ever. Connections inherit it from the socket that accepts them.
    """
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    half = max(1, seconds // 2)
    values = {"TCP_KEEPIDLE": half, "TCP_KEEPINTVL": max(1, half // 3), "TCP_KEEPCNT": 3}
    values["TCP_USER_TIMEOUT"] = 1000 * seconds  # in milliseconds
    for name, value in values.items():
        if hasattr(socket, name):
            listening.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
