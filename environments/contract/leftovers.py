"""Checks that a closed environment leaves no process, thread or temporary file behind."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from handeye.environments.contract.basics import require
from handeye.environments.environment import Environment

_END_SECONDS = 10.0
"""How long processes may take to end after `close` has returned."""
_PROC = Path("/proc")


def check_leftovers(make: Callable[[], Environment]) -> None:
    """Use an environment once, close it, and look for leftovers. Processes are checked on Linux only."""
    with _own_temporary_folder() as folder:
        threads, processes = set(threading.enumerate()), _descendants()
        with make() as environment:
            environment.reset()
            environment.observe()
            started = {process: name for process, name in _descendants().items() if process not in processes}
        deadline = time.monotonic() + _END_SECONDS
        while _left(started, threads, folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        left = _left(started, threads, folder)
        require(not left, f"after it was closed it left behind: {', '.join(left)}")


def _left(started: dict[tuple[int, str], str], threads: set[threading.Thread], folder: Path) -> list[str]:
    alive = [f"the process {name} ({process[0]})" for process, name in started.items() if _is_alive(process)]
    running = [f"the thread {thread.name}" for thread in threading.enumerate() if thread not in threads]
    return [*alive, *running, *(f"the file {path.name}" for path in sorted(folder.iterdir()))]


@contextmanager
def _own_temporary_folder() -> Iterator[Path]:
    """Make this process and everything started here put temporary files into a separate folder."""
    before, usual = os.environ.get("TMPDIR"), tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="handeye-check-", ignore_cleanup_errors=True) as name:
        os.environ["TMPDIR"] = tempfile.tempdir = name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = usual
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


def _descendants() -> dict[tuple[int, str], str]:
    """Return the names of this process's descendants, by their ids and start times."""
    parents: dict[int, int] = {}
    found: dict[int, tuple[str, str]] = {}
    for folder in _PROC.glob("[0-9]*"):
        stat = _stat(int(folder.name))
        if stat is not None:
            name, fields = stat
            parents[int(folder.name)] = int(fields[1])
            found[int(folder.name)] = (fields[19], name)
    return {(process, start): name for process, (start, name) in found.items() if _is_below(process, parents)}


def _is_below(process: int, parents: dict[int, int]) -> bool:
    while process in parents:
        process = parents[process]
        if process == os.getpid():
            return True
    return False


def _is_alive(process: tuple[int, str]) -> bool:
    stat = _stat(process[0])
    return stat is not None and stat[1][19] == process[1] and stat[1][0] != "Z"


def _stat(process: int) -> tuple[str, list[str]] | None:
    """Return a process's name and the fields after it of /proc/PID/stat (state, parent, …); None if it has ended."""
    try:
        text = (_PROC / str(process) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name is in parentheses and may itself contain parentheses.
    name, _, rest = text.partition("(")[2].rpartition(")")
    return name, rest.split()
