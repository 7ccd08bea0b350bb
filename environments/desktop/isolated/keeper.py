"""Ends the processes of an isolated desktop, however the program that started it ends.

Run as a separate program: it waits until its standard input closes, which happens when its parent dies, and then cleans
up. It imports nothing from the package, so that it starts immediately.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

MARK = "HANDEYE_DESKTOP"
"""The variable that every process of a desktop inherits, including one that has detached from its parents."""

_SECONDS = 10.0
_POLITE_SECONDS = 2.0
"""How long the X server may take to exit by itself, which removes its socket."""
_SOCKET_SECONDS = 0.5
"""Another X server may have taken the number of one that was killed, and keeps listening at its socket."""
_POLL = 0.01
_X_SERVER = "Xvfb"
_LISTENS = "00010000"
"""The flags of such a socket in /proc/net/unix."""


def processes(mark: str) -> list[int]:
    """Return the ids of the processes whose environment contains the mark."""
    marked = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has ended or belongs to another user
                if marked in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def clear_up(mark: str, folder: Path, display: str) -> bool:
    """End all processes with the mark, then remove the desktop's folder; return whether nothing is left.

    display: the number of the X server, which may already have been killed; empty without one.
    """
    began = time.monotonic()
    sockets: set[str] = set()
    while (running := processes(mark)) and time.monotonic() < began + _SECONDS:
        sockets |= _sockets(running)
        polite = time.monotonic() < began + _POLITE_SECONDS
        for process in running:
            end = signal.SIGTERM if polite and _name(process) == _X_SERVER else signal.SIGKILL
            with suppress(ProcessLookupError):
                os.kill(process, end)
        time.sleep(_POLL)
    if display:
        sockets.add(f"/tmp/.X11-unix/X{display}")
    # A dying process loses its memory, by which it is found, before its sockets.
    ended = time.monotonic()
    while (sockets := _remove(sockets)) and time.monotonic() < ended + _SOCKET_SECONDS:
        time.sleep(_POLL)
    shutil.rmtree(folder, ignore_errors=True)
    return not running and not folder.exists()


def _name(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text().strip()
    return ""


def _listening() -> dict[str, str]:
    """Return the paths of listening sockets, keyed by the text of the links to them."""
    found = {}
    with suppress(OSError):
        for line in Path("/proc/net/unix").read_text(errors="replace").splitlines():
            fields = line.split(maxsplit=7)
            if len(fields) == 8 and fields[3] == _LISTENS:
                found[f"socket:[{fields[6]}]"] = fields[7]
    return found


def _sockets(running: list[int]) -> set[str]:
    """Return the paths of the processes' listening sockets: LibreOffice has one in /tmp, whatever TMPDIR is."""
    listening, found = _listening(), set()
    for process in running:
        with suppress(OSError):
            for entry in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    found.add(listening.get(str(entry.readlink()), ""))
    return {path for path in found if path.startswith("/")}


def _remove(sockets: set[str]) -> set[str]:
    """Remove the sockets that no process listens at, and return the others."""
    in_use = {path.removeprefix("@") for path in _listening().values()}
    for path in sockets - in_use:
        with suppress(OSError):
            Path(path).unlink(missing_ok=True)
    return sockets & in_use


def _keep() -> int:
    """Read display numbers from standard input, one per line, until it closes; then clean up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    mark, folder = sys.argv[1], Path(sys.argv[2])
    display = ""
    for line in sys.stdin:
        display = line.strip()
    return 0 if clear_up(mark, folder, display) else 1


if __name__ == "__main__":
    sys.exit(_keep())
