"""A process in another interpreter that carries out calls: started, watched, and ended with all that it started."""

import contextlib
import hmac
import secrets
import socket
import subprocess
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.evals.foreign.errors import ForeignFailed, ForeignLost, ForeignRaised
from handeye.evals.foreign.interpreter import end_session, how_ended, start_interpreter, tell
from handeye.evals.foreign.messages import Hello, NotAMessage, Raised, Value
from handeye.evals.foreign.output import Output
from handeye.evals.foreign.wire import Wire

_LOOPBACK: Final = "127.0.0.1"
_HELLO_SECONDS: Final = 5.0
_SLICE: Final = 0.2
"""Seconds between looks at whether a process that has not connected yet is still there."""


class Reply(NamedTuple):
    """What a call returned."""

    value: JsonValue
    data: bytes


class ForeignProcess(Closeable):
    """An adapter in another interpreter, which carries out one call at a time.

    The process, with all that it has started in its session, ends with `close`, with this process, and when it falls
    silent. It closes what it has open first, unless it was killed or hangs.
    """

    def __init__(
        self,
        python: str,
        adapter: Path,
        arguments: Mapping[str, JsonValue],
        *,
        directory: Path | None = None,
        start_seconds: float = 180.0,
        silent_seconds: float = 60.0,
        close_seconds: float = 120.0,
    ) -> None:
        """Start the interpreter and load the adapter in it, within `start_seconds`.

        python: the interpreter: a program that takes a script and reads its standard input.
        adapter: a Python file as `host.py` describes it; arguments: what its `start` gets.
        directory: the process's working directory.
        silent_seconds: without a sign of life for so long it is lost. It gives one a second, also during a call.
        close_seconds: how long it may take to close what it has open.

        Raises `ForeignFailed`, with the last line that it wrote.
        """
        self.name = Path(python).name
        self._silent_seconds = silent_seconds
        self._calls = 0
        self._wires: list[Wire] = []
        with socket.create_server((_LOOPBACK, 0)) as listener:
            token = secrets.token_hex(16)
            self._process = start_interpreter(python, directory)
            self._output = Output(self._process)
            self._finalizer = weakref.finalize(self, _end, self._process, self._wires, self._output, close_seconds)
            address: JsonValue = list(listener.getsockname())
            order = {
                "address": address,
                "token": token,
                "adapter": str(adapter.resolve()),
                "arguments": dict(arguments),
            }
            try:
                tell(self._process, order)
                deadline = time.monotonic() + start_seconds
                self._wires.append(self._accept(listener, token, deadline))
                self._reply(0, deadline - time.monotonic(), "starting")
            except ForeignLost as error:
                raise ForeignFailed(str(error)) from error
            except ForeignRaised as error:
                self.close()
                raise ForeignFailed(f"{python} cannot load what it needs: {error}") from error
            except BaseException:
                self.close()
                raise

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def output(self) -> str:
        """The last lines that the process wrote."""
        return self._output.text

    def call(self, name: str, parameters: Mapping[str, JsonValue], seconds: float) -> Reply:
        """Carry out a call, and return what it returned.

        Raises `ForeignRaised` if it raised an exception, and `ForeignLost` if the process is gone, or takes longer
        than `seconds`.
        """
        self._calls += 1
        self._wire.send({"type": "call", "call": self._calls, "name": name, "with": dict(parameters)})
        return self._reply(self._calls, seconds, f"the call {name}")

    def close(self) -> None:
        """Let the process close what it has open, and end it with all that it has started. May be called again."""
        self._finalizer()

    @property
    def _wire(self) -> Wire:
        if not self._wires:
            raise ForeignLost(f"{self.name} is closed")
        return self._wires[0]

    def _accept(self, listener: socket.socket, token: str, deadline: float) -> Wire:
        """Return the connection over which the token was shown: anybody on this machine can connect."""
        listener.settimeout(_SLICE)
        while time.monotonic() < deadline:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                if self._process.poll() is not None:
                    raise self._lost("") from None
                continue
            wire = Wire(connection)
            if _shows(wire, token):
                return wire
            wire.close()
        raise self._lost("it has not connected in time")

    def _reply(self, call: int, seconds: float, what: str) -> Reply:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                message, data = self._wire.receive(min(left, self._silent_seconds))
            except TimeoutError:
                if left > self._silent_seconds:
                    raise self._lost(f"it gave no sign of life for {self._silent_seconds:g} s") from None
                continue
            except EOFError:
                raise self._lost("") from None
            except NotAMessage as error:
                raise self._lost(f"it sent {error}") from None
            match message:
                case Value(call=number, value=value) if number == call:
                    return Reply(value, data)
                case Raised(call=number, kind=kind, message=said) if number == call:
                    raise ForeignRaised(kind, said)
                # Others are signs of life, or replies to calls whose wait was interrupted.
        raise self._lost(f"{what} took longer than {seconds:.0f} s")

    def _lost(self, why: str) -> ForeignLost:
        """End the process, and return the error: what it did wrong, or how it ended if `why` is empty."""
        if not why:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_HELLO_SECONDS)
            why = how_ended(self._process)
        for wire in self._wires:
            wire.close()
        self._wires.clear()
        self._finalizer()
        return ForeignLost(f"{self.name}: {why}{self._output.last}")


def _shows(wire: Wire, token: str) -> bool:
    try:
        hello = wire.receive(_HELLO_SECONDS).message
    except (TimeoutError, EOFError, NotAMessage):
        return False
    return isinstance(hello, Hello) and hmac.compare_digest(hello.token.encode(), token.encode())


def _end(process: "subprocess.Popen[bytes]", wires: list[Wire], output: Output, seconds: float) -> None:
    """Let the process close what it has open, if it can be reached, and end it."""
    if wires:
        wires[0].send({"type": "bye"})
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        wires[0].close()
        wires.clear()
    end_session(process)
    output.finish()
