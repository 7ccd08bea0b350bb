"""A server in this process, over a real connection."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.app import Options
from handeye.model.serve.endpoint import Endpoint
from handeye.model.serve.limits import Limits
from handeye.model.serve.listen import Listener
from handeye.model.serve.service import Service

LONG = 20_000
"""Tokens of a reply that does not end by itself while a test looks."""


class Served:
    """What a test knows of a server."""

    def __init__(self, service: Service, url: str) -> None:
        self.service = service
        self.url = url
        """It ends in /v1."""

    @property
    def root(self) -> str:
        return self.url.removesuffix("/v1")

    @property
    def place(self) -> tuple[str, int]:
        """The host and the port."""
        host, _, port = self.root.removeprefix("http://").partition(":")
        return host, int(port)

    def post(self, headers: dict[str, str] | None = None, **fields: Any) -> httpx2.Response:
        """Send a request with some fields, and the usual ones."""
        body = {"model": self.service.checkpoint.name, "messages": [user("Hello")], "max_tokens": 4, **fields}
        return httpx2.post(f"{self.url}/chat/completions", json=body, headers=headers, timeout=300, trust_env=False)

    def metric(self, name: str, key: str = "none") -> float:
        """Return a number of the server."""
        headers = {"Authorization": f"Bearer {key}"}
        lines = httpx2.get(f"{self.root}/metrics", headers=headers, trust_env=False).text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition(" ")[0].partition("{")[0] == name)

    def settle(self) -> None:
        """Wait until no request is there."""
        wait_until(lambda: self.service.idle)


def user(content: Any) -> dict[str, Any]:
    """Return a turn of the user."""
    return {"role": "user", "content": content}


def send(served: Served, *, buffer: int | None = None, **fields: Any) -> socket.socket:
    """Send a request, and return the connection without waiting for an answer.

    buffer: the bytes of an answer that the system keeps until they are read; None is its own choice.
    """
    connection = socket.socket()
    if buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.connect(served.place)
    fields = {"model": served.service.checkpoint.name, "messages": [user("Hello")], "max_tokens": LONG, **fields}
    body = json.dumps(fields).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {served.place[0]}\r\nContent-Type: application/json\r\n"
    connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return connection


def wait_until(condition: Any) -> None:
    """Wait until something has come true; a test that hangs here for five minutes has failed."""
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)


@contextmanager
def serving(
    checkpoint: Checkpoint,
    options: Options | None = None,
    limits: Limits | None = None,
    *,
    key: str | None = None,
    stalled: int = 60,
) -> Iterator[Served]:
    """Serve a checkpoint at a free port."""
    service = Service(checkpoint, limits)
    endpoint = Endpoint("127.0.0.1", 0, key=key, stalled=stalled)
    listener = Listener(service, options or Options(), endpoint)
    ready = threading.Event()
    thread = threading.Thread(target=listener.answer, args=(ready.set,))
    thread.start()
    try:
        assert ready.wait(300)
        yield Served(service, endpoint.url)
    finally:
        listener.leave()
        thread.join()
