"""Files that survive a kill at any moment: an append-only file of lines, and files that are written atomically."""

import contextlib
import errno
import os
import time
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout, lock_descriptor

_BINARY: int = getattr(os, "O_BINARY", 0)
"""On Windows a descriptor otherwise writes each line end as two bytes."""
_IN_USE_SECONDS = 2.0
"""On Windows a file cannot be replaced while a virus scanner or an indexer has it open."""
_IN_USE_POLL = 0.05


class LineFile:
    """A file of whole lines, open for appending and locked against a second writer.

    A line is on disk when `append` returns. If it fails, no part of the line stays, so the next one still starts at
    a line start. Every method raises OSError; BlockingIOError when another process has the file open.
    """

    def __init__(self, descriptor: int, lock: FileLock | None) -> None:
        self._descriptor = descriptor
        self._lock = lock
        self._end = 0

    @classmethod
    def create(cls, path: Path) -> Self:
        """Create the file; raise FileExistsError if it already contains a line."""
        file = cls.open(path)
        if file._end > 0:
            file.close()
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        return file

    @classmethod
    def open(cls, path: Path) -> Self:
        """Create the file, or open it as `reopen` does."""
        file = cls._open(path, os.O_CREAT)
        try:
            sync_directory(path.parent)
        except BaseException:
            file.close()
            raise
        return file

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """Open the file for more lines; an incomplete last line, left by a kill, is cut off."""
        return cls._open(path)

    @classmethod
    def _open(cls, path: Path, flags: int = 0) -> Self:
        descriptor = os.open(path, flags | os.O_WRONLY | os.O_APPEND | _BINARY, 0o644)
        try:
            file = cls(descriptor, _locked(path, descriptor))
        except BaseException:
            os.close(descriptor)
            raise
        try:
            file._end = path.read_bytes().rfind(b"\n") + 1
            os.ftruncate(descriptor, file._end)
        except BaseException:
            file.close()
            raise
        return file

    def append(self, line: bytes) -> None:
        """Append `line`, which has no line end."""
        left = memoryview(line + b"\n")
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
            os.fsync(self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise
        self._end += len(line) + 1

    def close(self) -> None:
        """Close the file. May be called again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            if self._lock is not None:
                self._lock.release()


def write_once(path: Path, content: bytes) -> None:
    """Write `content` to `path` as `write_whole` does, unless the file exists. Raises OSError."""
    if not path.exists():
        write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically: a reader sees all of it, or the previous content. Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(draft, path)
    except BaseException:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Flush the file names in a folder to disk, where folders can be opened: not on Windows. Raises OSError."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(draft: Path, path: Path) -> None:
    deadline = time.monotonic() + _IN_USE_SECONDS
    while True:
        try:
            draft.replace(path)
        except PermissionError:
            if os.name != "nt" or time.monotonic() >= deadline:
                raise
            time.sleep(_IN_USE_POLL)
        else:
            return


def _locked(path: Path, descriptor: int) -> FileLock | None:
    """Lock the open file against other writers. Raises BlockingIOError if another one has it.

    Windows' locks keep others from reading, so there, and where Python has no `flock`, a file beside it is locked.
    """
    if os.name != "nt":
        try:
            free = lock_descriptor(descriptor, blocking=False)
        except OSError as error:
            if error.errno != errno.ENOSYS:
                # Some network file systems have no locks; the journal matters more than the lock.
                return None
        else:
            if free:
                return None
            raise _taken(path)
    lock = FileLock(path.with_name(f"{path.name}.lock"), blocking=False, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise _taken(path) from None
    except OSError:
        return None
    return lock


def _taken(path: Path) -> BlockingIOError:
    return BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
