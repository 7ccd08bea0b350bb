"""Records of a TFRecord file, compressed with gzip or not.

Each is its length (8 bytes, little endian), the masked CRC-32C of the length, the bytes, and their masked CRC-32C.
"""

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from handeye.evals.androidcontrol.records.crc32c import crc32c, masked
from handeye.evals.samples.dataset import InvalidDataset

_MAGIC: Final = b"\x1f\x8b"
_LONGEST: Final = 1 << 31
"""Bytes: a longer record is a damaged length, even where its checksum happens to fit."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read_records(path: Path, read_so_far: Callable[[int], None] = lambda count: None) -> Iterator[tuple[int, bytes]]:
    """Yield each record with where it begins, in bytes of the decompressed file.

    `read_so_far` is told how many bytes of the file itself have been read. Raises `InvalidDataset`, which names the
    file and the place, where it is damaged or cut off.
    """
    try:
        with path.open("rb") as raw:
            compressed = raw.read(2) == _MAGIC
            raw.seek(0)
            file = gzip.GzipFile(fileobj=raw) if compressed else raw
            offset = 0
            while True:
                record = _next(file, path, offset)
                if record is None:
                    return
                yield offset, record
                offset += len(record) + 16
                read_so_far(raw.tell())
    except OSError as error:
        raise InvalidDataset(f"cannot read {path}: {error.strerror or error}") from error


def _next(file: _Readable, path: Path, offset: int) -> bytes | None:
    """Return the next record; None at the end."""
    head = _take(file, 12, path, offset)
    if not head:
        return None
    if len(head) < 12:
        raise _cut_off(path, offset)
    length, checksum = struct.unpack("<QI", head)
    if masked(crc32c(head[:8])) != checksum or length > _LONGEST:
        raise InvalidDataset(
            f"{path} is damaged at byte {offset} (decompressed): the checksum of a record's length is wrong. Get the "
            "file again"
        )
    body = _take(file, length + 4, path, offset)
    if len(body) < length + 4:
        raise _cut_off(path, offset)
    record = body[:length]
    if masked(crc32c(record)) != struct.unpack("<I", body[length:])[0]:
        raise InvalidDataset(
            f"{path} is damaged in the record at byte {offset} (decompressed): its checksum is wrong. Get the file "
            "again"
        )
    return record


def _take(file: _Readable, count: int, path: Path, offset: int) -> bytes:
    """Return up to `count` bytes, fewer only at the end of the file."""
    try:
        return file.read(count)
    except EOFError:
        raise _cut_off(path, offset) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InvalidDataset(
            f"{path} is damaged after byte {offset} (decompressed): {error}. Get the file again"
        ) from error


def _cut_off(path: Path, offset: int) -> InvalidDataset:
    return InvalidDataset(f"{path} is cut off in the record at byte {offset} (decompressed). Get the file again")
