"""Our end of the connection to a foreign process."""

import contextlib
import select
import socket
import time
from collections.abc import Mapping

from pydantic import JsonValue

from handeye.evals.foreign.messages import Received, encode, take


class Wire:
    """Sends and receives whole messages. What has arrived of an unfinished message is kept for the next call."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def send(self, message: Mapping[str, JsonValue]) -> None:
        """Send a message. That the other side is gone shows when its answer is awaited."""
        with contextlib.suppress(OSError):
            self._connection.sendall(encode(message))

    def receive(self, seconds: float) -> Received:
        """Return the next message.

        Raises TimeoutError if none has come within `seconds`, EOFError if the other side is gone, and `NotAMessage`.
        """
        deadline = time.monotonic() + seconds
        while (received := take(self._buffer)) is None:
            if not select.select([self._connection], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError
            try:
                part = self._connection.recv(1 << 20)
            except OSError:
                part = b""
            if not part:
                raise EOFError
            self._buffer += part
        return received

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
