"""Reading numbers and strings of a binary file one after the other, never beyond its end."""

import struct
from mmap import mmap
from pathlib import Path

from handeye.model.errors import InvalidCheckpoint

_LONGEST = 2**24
"""No string in a checkpoint's metadata has more bytes."""


class Cursor:
    """A place in a mapped little-endian file. Every error names the file."""

    def __init__(self, data: mmap, path: Path) -> None:
        self._data, self.path, self.at = data, path, 0

    def numbers(self, kind: str, count: int = 1) -> tuple[int | float | bool, ...]:
        """Read numbers of one kind, a letter of the module `struct`."""
        size = struct.calcsize(f"<{kind}") * count
        start = self._advance(size)
        return struct.unpack_from(f"<{count}{kind}", self._data, start)

    def count(self, kind: str, most: int, what: str) -> int:
        """Read a whole number of at most `most`."""
        found = int(self.numbers(kind)[0])
        if found > most:
            raise self.damaged(f"{found:,} {what}")
        return found

    def text(self) -> str:
        """Read a string: its length in bytes, and UTF-8."""
        start = self._advance(self.count("Q", _LONGEST, "bytes in a string"))
        try:
            return self._data[start : self.at].decode("utf-8")
        except UnicodeDecodeError:
            raise self.damaged("a string that is not UTF-8") from None

    def damaged(self, reason: str) -> InvalidCheckpoint:
        """Return the error that a file is damaged, with what was read in it."""
        return InvalidCheckpoint(f"{self.path} is damaged ({reason}, before byte {self.at:,}): download it again")

    def _advance(self, size: int) -> int:
        start = self.at
        if size > len(self._data) - start:
            raise InvalidCheckpoint(
                f"{self.path} is truncated: it ends at byte {len(self._data):,}, within its metadata: download it again"
            )
        self.at = start + size
        return start
