"""Whether a program is at work at this moment, as /proc tells on Linux."""

from contextlib import suppress
from pathlib import Path


def is_at_work(process: int) -> bool:
    """Return whether a process, or one that it has started, runs or waits for the disk at this moment.

    Only the main threads are checked: they draw. Always false where there is no /proc.
    """
    waiting = [process]
    while waiting:
        current = waiting.pop()
        with suppress(OSError, ValueError):  # it has ended meanwhile
            folder = Path(f"/proc/{current}")
            if (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in ("R", "D"):
                return True
            waiting.extend(int(child) for child in (folder / f"task/{current}/children").read_text().split())
    return False


def is_at_rest(process: int) -> bool:
    """Return whether no thread of a process runs or waits for the disk at this moment; also if it has ended."""
    for thread in Path(f"/proc/{process}/task").glob("[0-9]*"):
        with suppress(OSError):
            if (thread / "stat").read_text(errors="replace").rpartition(")")[2].split()[0] in ("R", "D"):
                return False
    return True
