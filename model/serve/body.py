"""The body of a request, as far as it may be read."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from handeye.model.serve.errors import Refused, too_large

_PATIENCE = 300.0
"""Seconds that a body may take; a client that is not reachable any more is noticed sooner."""


class Body:
    """Receives a body up to a limit, with or without a declared length, and then what comes after it."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._most_bytes = most_bytes
        self._received = 0
        self._deadline = asyncio.get_running_loop().time() + _PATIENCE
        self._complete = False
        self.refusal: Refused | None = None
        """Why the rest of it was not read."""

    async def __call__(self) -> Message:
        """Return the next message. Raises `HTTPException` for a body that is refused, as applications expect it."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise self._refused(
                Refused(408, f"the request was not complete within {_PATIENCE:g} s: send it faster", code="timeout")
            ) from None
        self._complete = not message.get("more_body", False)
        self._received += len(message.get("body", b""))
        if self._received > self._most_bytes:
            raise self._refused(too_large(self._most_bytes))
        return message

    def _refused(self, refusal: Refused) -> HTTPException:
        self.refusal = refusal
        return HTTPException(refusal.status, str(refusal))
