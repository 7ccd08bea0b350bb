"""What a request has to pass before its body is read: the key, its size, and the number of those that are there."""

import hmac
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handeye.model.serve.errors import Refused
from handeye.model.serve.metrics import Metrics

OPEN = frozenset({"/health"})
"""What needs no key."""
COUNTED = "/v1/chat/completions"
_OWN = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What this machine is called where no key is needed: a web page whose own name leads here is not let in."""


class Guard:
    """Stands in front of the application."""

    def __init__(self, app: ASGIApp, *, key: str | None, most_bytes: int, most_requests: int, metrics: Metrics) -> None:
        """key: None needs none. most_bytes: of a body. most_requests: replies under way; further ones are refused."""
        self._app = app
        self._key = key
        self._most_bytes = most_bytes
        self._most_requests = most_requests
        self._metrics = metrics
        self._here = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["path"], Headers(scope=scope))
        if refusal is not None:
            self._metrics.refuse(refusal.status)
            await self._read_on(receive)
            await refusal.response(scope, receive, send)
            return
        counted = scope["path"] == COUNTED
        self._here += counted
        try:
            await self._app(scope, self._limited(receive), send)
        finally:
            self._here -= counted

    def _refusal(self, path: str, headers: Mapping[str, str]) -> Refused | None:
        if self._key is not None and path not in OPEN and not self._knows_key(headers):
            return Refused(
                401, "the key is missing or wrong: send it as Authorization: Bearer …", code="invalid_api_key"
            )
        if self._key is None and _host(headers) not in _OWN:
            return Refused(
                403, "this server is for this machine alone: ask for localhost or 127.0.0.1", code="wrong_host"
            )
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._most_bytes:
            return Refused(413, self._too_large)
        if path == COUNTED and self._here >= self._most_requests:
            return Refused(429, f"{self._here} requests are there already: ask again later", code="queue_full")
        return None

    @property
    def _too_large(self) -> str:
        return f"the request has more than {self._most_bytes:,} bytes: send fewer or smaller images"

    def _knows_key(self, headers: Mapping[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        assert self._key is not None
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._key.encode())

    def _limited(self, receive: Receive) -> Receive:
        """Return what receives a body, without a declared length too, up to the limit."""
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_bytes:
                raise HTTPException(413, self._too_large)
            return message

        return limited

    async def _read_on(self, receive: Receive) -> None:
        """Read and drop a body of usual size: a client that is still sending does not look for an answer."""
        dropped, more = 0, True
        while more and dropped <= self._most_bytes:
            message = await receive()
            dropped += len(message.get("body", b""))
            more = message.get("more_body", False)


def _host(headers: Mapping[str, str]) -> str:
    """Return the name that was asked for, without the port."""
    name, colon, port = headers.get("host", "").rpartition(":")
    return (name if colon and port.isdecimal() else headers.get("host", "")).lower()
