"""The foreign side: carries out calls in an interpreter that lacks handeye. It needs Python 3.8 and nothing else.

It is started as `python host.py`, and reads one line of JSON from its standard input: where to connect to, the token
to show there, the adapter's file, and the adapter's arguments. An adapter is a Python file with a function
`start(arguments)` that returns the calls by name: functions of a dict that return a JSON value, or a JSON value and
bytes. One named `close` is called at the end, whatever else is running then.

A message is four bytes, the length of its JSON; the JSON; and as many bytes as its `bytes` says.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import queue
import signal
import socket
import struct
import sys
import threading
import time
import traceback
from types import ModuleType
from typing import Any

BEAT_SECONDS = 1.0
CLOSE_SECONDS = 90.0
LONGEST = 16 << 20


class Link:
    """The connection, over which whole messages are sent by one thread at a time."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, timeout=30)
        self._socket.settimeout(None)
        self._sending = threading.Lock()

    def send(self, message: dict[str, Any], data: bytes = b"") -> None:
        """Send a message."""
        head = json.dumps({**message, "bytes": len(data)}, allow_nan=False).encode()
        with self._sending:
            self._socket.sendall(struct.pack(">I", len(head)) + head + data)

    def receive(self) -> dict[str, Any] | None:
        """Return the next message; None if the other side is gone."""
        head = self._exactly(4)
        if head is None:
            return None
        (length,) = struct.unpack(">I", head)
        body = self._exactly(length) if length <= LONGEST else None
        found = None if body is None else json.loads(body)
        return found if isinstance(found, dict) else None

    def _exactly(self, count: int) -> bytes | None:
        parts = []
        while count:
            try:
                part = self._socket.recv(min(count, 1 << 20))
            except OSError:
                return None
            if not part:
                return None
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def load(path: str) -> ModuleType:
    """Import the adapter from its file."""
    spec = importlib.util.spec_from_file_location("handeye_adapter", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def beat(link: Link) -> None:
    """Say every second that the process is alive, also while a call runs."""
    while True:
        time.sleep(BEAT_SECONDS)
        try:
            link.send({"type": "beat"})
        except OSError:
            return


def listen(link: Link, calls: queue.Queue[dict[str, Any]], handlers: dict[str, Any]) -> None:
    """Take calls until the other side says goodbye or is gone; then close what is open, and end."""
    message = link.receive()
    while message is not None and message.get("type") == "call":
        calls.put(message)
        message = link.receive()
    end(handlers)


def end(handlers: dict[str, Any]) -> None:
    """Close what is open, within `CLOSE_SECONDS`, and end this process with all that it has started."""
    closing = threading.Thread(target=close, args=(handlers,), daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
    sys.stderr.flush()
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def close(handlers: dict[str, Any]) -> None:
    """Close what is open. What goes wrong is written to standard error: the end comes all the same."""
    try:
        handlers["close"]({})
    except KeyError:
        return
    except Exception:  # noqa: BLE001
        traceback.print_exc()


def answer(link: Link, handlers: dict[str, Any], message: dict[str, Any]) -> None:
    """Carry out a call and send what came of it."""
    number = message.get("call")
    try:
        result = handlers[message["name"]](message["with"])
        value, data = result if isinstance(result, tuple) else (result, b"")
        if not isinstance(data, bytes):
            raise TypeError("a call returns a value, or a value and bytes")
        reply = {"type": "value", "call": number, "value": value}
        json.dumps(reply, allow_nan=False)
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        reply, data = {"type": "error", "call": number, **told(error)}, b""
    link.send(reply, data)


def told(error: Exception) -> dict[str, Any]:
    """Return what is sent of an exception."""
    return {"kind": type(error).__name__, "message": str(error)[:2000]}


def main() -> None:
    """Connect, load the adapter, and carry out calls."""
    order = json.loads(sys.stdin.buffer.readline())
    # This folder holds handeye's modules, whose names may be those of other packages.
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != here]  # noqa: PTH100
    link = Link(tuple(order["address"]))
    link.send({"type": "hello", "token": order["token"], "python": platform.python_version(), "pid": os.getpid()})
    handlers: dict[str, Any] = {}
    calls: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=beat, args=(link,), daemon=True).start()
    threading.Thread(target=listen, args=(link, calls, handlers), daemon=True).start()
    try:
        handlers.update(load(order["adapter"]).start(order["arguments"]))
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        link.send({"type": "error", "call": 0, **told(error)})
        end(handlers)
    link.send({"type": "value", "call": 0, "value": sorted(handlers)})
    try:
        while True:
            answer(link, handlers, calls.get())
    except OSError:  # the other side is gone: `listen` ends this process
        threading.Event().wait()


if __name__ == "__main__":
    main()
