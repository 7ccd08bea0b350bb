"""What a request has to pass before its body is read: the key, its size, and the number of those that are there."""

import asyncio
import hmac
from collections.abc import Mapping
from contextlib import suppress

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handeye.model.serve.body import Body
from handeye.model.serve.endpoint import is_loopback
from handeye.model.serve.errors import Refused, too_large
from handeye.model.serve.metrics import Metrics

OPEN = frozenset({"/health"})
"""What needs no key."""
COUNTED = "/v1/chat/completions"
_TOGETHER = 32
"""Bodies of the largest size that are held at the same time: each stays until its reply has ended."""
_PIECES = "transfer-encoding"
"""The header of a body that comes in pieces and does not declare its size."""
_LINGER = 2.0
"""Seconds that a client gets to see that it was refused while it still sends."""


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
        self._held = 0
        """Bytes of the bodies that are there, or may come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["path"], headers)
        if refusal is not None:
            self._metrics.refuse(refusal.status)
            await _refuse(refusal, receive, send)
            return
        body = Body(receive, self._most_bytes)

        async def answer(message: Message) -> None:
            if body.refusal is None:  # otherwise it is what the application makes of half a body
                await send(message)

        counted = scope["path"] == COUNTED
        held = self._size(headers)
        self._here += counted
        self._held += held
        try:
            await self._app(scope, body, answer)
        finally:
            self._here -= counted
            self._held -= held
        if body.refusal is not None:
            await _refuse(body.refusal, receive, send)

    def _refusal(self, path: str, headers: Mapping[str, str]) -> Refused | None:
        if self._key is not None and path not in OPEN and not self._knows_key(headers):
            return Refused(
                401, "the key is missing or wrong: send it as Authorization: Bearer …", code="invalid_api_key"
            )
        if self._key is None and not is_loopback(_host(headers)):  # a page whose own name leads here is not let in
            return Refused(
                403, "this server is for this machine alone: ask for localhost or 127.0.0.1", code="wrong_host"
            )
        size = self._size(headers)
        if size > self._most_bytes:
            return too_large(self._most_bytes)
        full = self._full(size, declared=_PIECES not in headers) if path == COUNTED else None
        return None if full is None else Refused(429, full, code="queue_full")

    def _full(self, size: int, *, declared: bool) -> str | None:
        """Return why a request with a body of so many bytes has no room; None if it has."""
        if self._here >= self._most_requests:
            return (
                f"{self._here} requests are there already: ask again later, or start the server with a larger "
                "--max-requests"
            )
        most = _TOGETHER * self._most_bytes
        if self._held + size > most:
            # one in pieces counts as the largest body, so a larger limit lets in no more of them
            remedy = "start the server with a larger --max-body" if declared else "send Content-Length"
            return (
                f"{self._held:,} of at most {most:,} bytes are taken by the bodies of other requests, and this one may "
                f"have {size:,}: ask again later, or {remedy}"
            )
        return None

    def _size(self, headers: Mapping[str, str]) -> int:
        """Return the bytes that a body may have; it declares them, or has none, or comes in pieces up to the limit."""
        if _PIECES in headers:
            return self._most_bytes
        length = headers.get("content-length", "")
        return int(length) if length.isdecimal() else 0

    def _knows_key(self, headers: Mapping[str, str]) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        assert self._key is not None
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._key.encode())


def _host(headers: Mapping[str, str]) -> str:
    """Return the name that was asked for, without the port and the brackets of a number."""
    name, colon, port = headers.get("host", "").rpartition(":")
    host = name if colon and port.isdecimal() else headers.get("host", "")
    return (host[1:-1] if host.startswith("[") and host.endswith("]") else host).lower()


async def _refuse(refusal: Refused, receive: Receive, send: Send) -> None:
    """Answer without waiting for the body, and close the connection.

    What a client still sends is dropped for a moment first: the system would drop the answer with it otherwise.
    """
    response = refusal.response
    response.headers["Connection"] = "close"
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while (await receive()).get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b"", "more_body": False})
