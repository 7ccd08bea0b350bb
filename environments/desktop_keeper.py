"""Ends what runs on an isolated desktop, however the program that started it ends.

Run as a program of its own: it waits until its standard input closes, which the system sees to when its parent dies,
and then clears up. It imports nothing of the package, so that it starts at once.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

MARK = "HANDEYE_DESKTOP"
"""The variable that every process of a desktop inherits, also one that has cut itself loose from its parents."""

_SECONDS = 10.0
_POLITE_SECONDS = 2.0
"""How long the X server may take to end by itself, which removes its socket."""
_POLL = 0.01
_X_SERVER = "Xvfb"


def processes(mark: str) -> list[int]:
    """Return the ids of the processes whose environment holds the mark."""
    marked = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile, or belongs to another user
                if marked in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def clear_up(mark: str, folder: Path, display: str) -> bool:
    """End all processes with the mark, then remove the desktop's folder; return whether nothing is left.

    display: the number of the X server, whose socket is removed if it could not do so itself; empty without one.
    """
    began = time.monotonic()
    while (running := processes(mark)) and time.monotonic() < began + _SECONDS:
        polite = time.monotonic() < began + _POLITE_SECONDS
        for process in running:
            end = signal.SIGTERM if polite and _name(process) == _X_SERVER else signal.SIGKILL
            with suppress(ProcessLookupError):
                os.kill(process, end)
        time.sleep(_POLL)
    if display and not running:
        _remove_socket(display)
    shutil.rmtree(folder, ignore_errors=True)
    return not running and not folder.exists()


def _name(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text().strip()
    return ""


def _remove_socket(display: str) -> None:
    """Remove the socket of an X server that was killed; that of a later one of the same number stays."""
    path = Path("/tmp/.X11-unix") / f"X{display}"
    with suppress(OSError):
        in_use = {line.rpartition(" ")[2] for line in Path("/proc/net/unix").read_text(errors="replace").splitlines()}
        if not in_use & {str(path), f"@{path}"}:
            path.unlink()


def _keep() -> int:
    """Read the number of the display from standard input, a line for each, until it closes; then clear up."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    mark, folder = sys.argv[1], Path(sys.argv[2])
    display = ""
    for line in sys.stdin:
        display = line.strip()
    return 0 if clear_up(mark, folder, display) else 1


if __name__ == "__main__":
    sys.exit(_keep())
