"""Starting and ending an interpreter in a session of its own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from handeye.evals.foreign.errors import ForeignFailed

HOST: Final = Path(__file__).with_name("host.py")
_OURS: Final = frozenset({"PYTHONHOME", "VIRTUAL_ENV"})
"""Environment variables that say where this interpreter's packages are."""


def start_interpreter(python: str, directory: Path | None) -> "subprocess.Popen[bytes]":
    """Start `host.py`. Raises `ForeignFailed` if there is no such interpreter."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
    try:
        return subprocess.Popen(
            [python, str(HOST)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**inherited, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:replace"},
            start_new_session=sys.platform != "win32",  # Ctrl-C is for us, and what it starts can be ended with it
        )
    except OSError as error:
        raise ForeignFailed(f"cannot start {python}: {error.strerror or error}") from error


def tell(process: "subprocess.Popen[bytes]", order: Mapping[str, JsonValue]) -> None:
    """Write the first line to its standard input. That it is gone shows when it does not connect."""
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(order).encode() + b"\n")
        process.stdin.flush()


def end_session(process: "subprocess.Popen[bytes]") -> None:
    """Kill the process and what it has left behind in its session."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def how_ended(process: "subprocess.Popen[bytes]") -> str:
    """Return how a process has ended, in words."""
    code = process.poll()
    if code is None:
        return "closed its connection"
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit status {code}"
