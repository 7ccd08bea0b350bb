"""The address of a server: from any form that people write to the one that requests are sent to."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from handeye.agent.servers.errors import InvalidServer

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ENDPOINTS = ("/chat/completions", "/completions", "/models")
"""What is sometimes copied along with the address."""
_EXAMPLE = "give one such as http://localhost:8000/v1"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is."""

    base: str
    """What `/models` and `/chat/completions` are appended to, such as "http://localhost:8000/v1"."""
    host: str
    """The name or the number of the machine, lower case."""
    label: str
    """The host, and the port if it was given: for messages, and for the name of a policy."""
    loopback: bool
    """Whether it is this machine."""
    encrypted: bool


def parse_address(text: str) -> Address:
    """Read an address: with or without `http://`, `/v1` and a slash at the end.

    Without a scheme, `https` is assumed for a name without a port, and `http` otherwise. An address without a path
    gets `/v1`. 0.0.0.0, which servers print as where they listen, is this machine.

    Raises `InvalidServer`, also for an address that holds a password or a query, since addresses are shown and stored.
    """
    written = text.strip()
    parts = _split(written if _SCHEME.match(written) else f"//{written}")
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise InvalidServer(
            "the address of the server holds a user or a password: put the key into the environment variable "
            "HANDEYE_SERVER_KEY instead"
        )
    host = (parts.hostname or "").lower()
    if not host or parts.scheme not in ("", "http", "https") or not re.fullmatch(r"[\w.:%-]+", host):
        raise InvalidServer(f"{written!r:.200} is not the address of a server: {_EXAMPLE}")
    if parts.query or parts.fragment:
        raise InvalidServer(f"the address of the server has a part after ? or #, which is not supported: {_EXAMPLE}")
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    loopback = _is_loopback(host)
    scheme = parts.scheme or ("http" if loopback or parts.port not in (None, 443) or _is_number(host) else "https")
    shown = f"[{host}]" if ":" in host else host
    label = shown if parts.port is None else f"{shown}:{parts.port}"
    path = parts.path.rstrip("/")
    for endpoint in _ENDPOINTS:
        path = path.removesuffix(endpoint).rstrip("/")
    return Address(f"{scheme}://{label}{path or '/v1'}", host, label, loopback, scheme == "https")


def same_server(one: str, other: str) -> bool:
    """Return whether two addresses are of one server. Raises `InvalidServer`."""
    first, second = parse_address(one), parse_address(other)
    return (first.label, first.encrypted) == (second.label, second.encrypted)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (it is checked when it is read)
    except ValueError:
        raise InvalidServer(f"the address of the server has an invalid host or port: {_EXAMPLE}") from None
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return _is_number(host) and ipaddress.ip_address(host).is_loopback
