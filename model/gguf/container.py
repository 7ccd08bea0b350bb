"""The container GGUF: metadata, and where each tensor is stored. Nothing here imports numpy or torch.

Layout, as ggml's `docs/gguf.md` gives it, all little-endian: "GGUF", the version, the number of tensors and of
metadata; the metadata, each a key, a type and a value; for each tensor its name, sizes (the fastest first), format and
offset; padding; the tensors.
"""

import errno
import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import NamedTuple

from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.cursor import Cursor
from handeye.model.gguf.formats import FORMATS, OTHERS, Format

Value = str | int | float | bool | list[str] | list[int | float | bool]

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_KINDS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Types of numbers, as letters of the module `struct`."""
_TEXT, _LIST = 8, 9
_MOST = 2**16
"""No checkpoint has more tensors, or more metadata; the 72B has 963 tensors."""
_LONGEST_LIST = 2**20
"""No list in the metadata is longer; the vocabulary has 152,064 words."""


class Stored(NamedTuple):
    """Where a tensor is stored, and how."""

    file: Path
    name: str
    format: Format
    shape: tuple[int, ...]
    """The slowest axis first, as in PyTorch."""
    start: int
    """Bytes from the beginning of the file."""

    @property
    def bytes(self) -> int:
        """The size of the stored tensor."""
        return math.prod(self.shape[:-1]) * self.format.row(self.shape[-1])


@dataclass(frozen=True, slots=True)
class Container:
    """What a GGUF file holds."""

    path: Path
    metadata: Mapping[str, Value]
    """Numbers in 32-bit floats are the shortest decimals that stand for them, as JSON would hold them."""
    tensors: Mapping[str, Stored]


def read_container(path: Path) -> Container:
    """Read a file's metadata and where its tensors are.

    Raises:
        InvalidCheckpoint: it is no GGUF file, of another version, big-endian, damaged or truncated; or it holds a
            tensor in a format that is not supported.
    """
    with _mapped(path) as (data, cursor):
        tensors, pairs = _begin(cursor, data)
        metadata: dict[str, Value] = {}
        for key, value in _metadata(cursor, pairs):
            if key in metadata:
                raise cursor.damaged(f"{key} twice")
            metadata[key] = value
        return Container(path, metadata, _tensors(path, cursor, tensors, _alignment(cursor, metadata), len(data)))


def read_parts(first: Path, *others: Path) -> Container:
    """Read a file that is in parts: the first has the metadata, each has tensors.

    Raises:
        InvalidCheckpoint: as `read_container`, or a part is not the one that its name says, or repeats a tensor.
    """
    whole = read_container(first)
    tensors = dict(whole.tensors)
    count = whole.metadata.get("split.count", 1)
    if count != 1 + len(others):
        raise InvalidCheckpoint(
            f"{first} is one of {count} parts, but {1 + len(others)} were found by its name: give the parts the names "
            "of llama.cpp, which end in -00001-of-00002.gguf"
        )
    for number, path in enumerate(others, start=1):
        part = read_container(path)
        if part.metadata.get("split.no") != number or part.metadata.get("split.count") != count:
            raise InvalidCheckpoint(f"{path} is not part {number + 1} of {first.name}: download it again")
        if twice := tensors.keys() & part.tensors.keys():
            raise InvalidCheckpoint(f"{path} repeats {min(twice)} of another part: download it again")
        tensors |= part.tensors
    return Container(first, whole.metadata, tensors)


def read_head(path: Path) -> Mapping[str, Value]:
    """Read what comes first in a file's metadata: what it is, but not the vocabulary, which takes long.

    Raises:
        InvalidCheckpoint: as `read_container`, as far as it is read.
    """
    with _mapped(path) as (data, cursor):
        _, pairs = _begin(cursor, data)
        return dict(takewhile(lambda pair: pair[0].startswith("general."), _metadata(cursor, pairs)))


@contextmanager
def _mapped(path: Path) -> Iterator[tuple[mmap, Cursor]]:
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                raise InvalidCheckpoint(f"{path} is empty: download it again")
            with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                yield data, Cursor(data, path)
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise
        raise InvalidCheckpoint(f"{path} cannot be read: {error.strerror}") from error


def _begin(cursor: Cursor, data: mmap) -> tuple[int, int]:
    """Return the number of tensors and of metadata."""
    if data[:4] != _MAGIC:
        raise InvalidCheckpoint(f"{cursor.path} is not a GGUF file: it begins with {data[:4]!r}, not {_MAGIC!r}")
    cursor.at = 4
    version = int(cursor.numbers("I")[0])
    if version & 0xFFFF == 0 and version:
        raise InvalidCheckpoint(f"{cursor.path} is big-endian, which is not supported: use a little-endian file")
    if version not in _VERSIONS:
        raise InvalidCheckpoint(
            f"{cursor.path} is GGUF of version {version}, and only {_VERSIONS[0]} and {_VERSIONS[1]} are supported: "
            "convert it with a current llama.cpp"
        )
    return cursor.count("Q", _MOST, "tensors"), cursor.count("Q", _MOST, "metadata")


def _metadata(cursor: Cursor, pairs: int) -> Iterator[tuple[str, Value]]:
    for _ in range(pairs):
        key = cursor.text()
        kind = int(cursor.numbers("I")[0])
        if kind == _LIST:
            kind = int(cursor.numbers("I")[0])
            count = cursor.count("Q", _LONGEST_LIST, f"values in {key}")
            yield key, ([cursor.text() for _ in range(count)] if kind == _TEXT else _numbers(cursor, kind, count))
        else:
            yield key, (cursor.text() if kind == _TEXT else _numbers(cursor, kind, 1)[0])


def _numbers(cursor: Cursor, kind: int, count: int) -> list[int | float | bool]:
    letter = _KINDS.get(kind)
    if letter is None:
        raise cursor.damaged(f"a value of type {kind}")
    found = cursor.numbers(letter, count)
    return [*map(_decimal, found)] if letter == "f" else [*found]


def _decimal(value: float) -> float:
    """Return the decimal, of six digits or as few more as it takes, that a 32-bit float stands for."""
    stored = struct.pack("<f", value)
    decimals = (float(f"{value:.{digits}g}") for digits in range(6, 10))
    return next((decimal for decimal in decimals if struct.pack("<f", decimal) == stored), value)  # NaN has none


def _alignment(cursor: Cursor, metadata: Mapping[str, Value]) -> int:
    found = metadata.get("general.alignment", 32)
    if not isinstance(found, int) or isinstance(found, bool) or not 8 <= found <= 2**20 or found & (found - 1):
        raise cursor.damaged(f"general.alignment {found!r}")
    return found


def _tensors(path: Path, cursor: Cursor, count: int, alignment: int, size: int) -> Mapping[str, Stored]:
    found: dict[str, tuple[tuple[int, ...], Format, int]] = {}
    for _ in range(count):
        name = cursor.text()
        if name in found:
            raise cursor.damaged(f"the tensor {name} twice")
        axes = cursor.count("I", 4, f"axes of {name}")
        shape = tuple(int(length) for length in reversed(cursor.numbers("Q", axes)))
        kind, offset = int(cursor.numbers("I")[0]), int(cursor.numbers("Q")[0])
        if not shape or min(shape) < 1 or math.prod(shape) >= 2**40:
            raise cursor.damaged(f"the tensor {name} of shape {list(shape)}")
        if offset % alignment:
            raise cursor.damaged(f"the tensor {name} at {offset:,}, not a multiple of {alignment}")
        found[name] = (shape, _format(path, name, kind, shape), offset)
    start = -(-cursor.at // alignment) * alignment
    tensors = {
        name: Stored(path, name, format, shape, start + offset) for name, (shape, format, offset) in found.items()
    }
    for tensor in tensors.values():
        if tensor.start + tensor.bytes > size:
            raise InvalidCheckpoint(
                f"{path} is truncated: it ends at byte {size:,}, and {tensor.name} at byte "
                f"{tensor.start + tensor.bytes:,}: download it again"
            )
    return tensors


def _format(path: Path, name: str, kind: int, shape: tuple[int, ...]) -> Format:
    format = FORMATS.get(kind)
    if format is None:
        known = ", ".join(each.name for each in FORMATS.values())
        raise InvalidCheckpoint(
            f"{name} in {path} is stored as {OTHERS.get(kind, f'type {kind}')}, which is not supported: use a file in "
            f"one of {known}"
        )
    if shape[-1] % format.weights:
        raise InvalidCheckpoint(
            f"{path} is damaged: {name} has rows of {shape[-1]:,}, and {format.name} holds multiples of "
            f"{format.weights}: download it again"
        )
    return format
