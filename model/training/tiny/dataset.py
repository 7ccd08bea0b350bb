"""Stored training data: screenshots with their questions and answers.

A shard is two files. `NAME.bin` contains the concatenated encoded images; `NAME.jsonl` contains one line per image: its
offset, the name of its source, and its pairs. A shard can be read while it grows: an image without a complete line is
ignored.
"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from handeye.actions.closeable import Closeable
from handeye.model.errors import InvalidCheckpoint


class InvalidDataset(InvalidCheckpoint):
    """The files of a shard are missing or inconsistent."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question about an image, and the answer that is trained."""

    system: str
    prompt: str
    """The user's text, which precedes the image."""
    answer: str


@dataclass(frozen=True, slots=True)
class Example:
    """An image and its questions."""

    source: str
    """Name of the task that the image comes from."""
    encoded: bytes
    pairs: tuple[Pair, ...]

    def image(self) -> Image.Image:
        """Decode the image."""
        return Image.open(BytesIO(self.encoded)).convert("RGB")


class ShardWriter(Closeable):
    """Appends examples to a new shard."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._images = (folder / f"{name}.bin").open("wb")
        self._index = (folder / f"{name}.jsonl").open("w", encoding="utf-8")

    def write(self, example: Example) -> None:
        """Append one example, the image first, so that a line never points at missing bytes."""
        offset = self._images.tell()
        self._images.write(example.encoded)
        self._images.flush()
        line = {
            "source": example.source,
            "offset": offset,
            "length": len(example.encoded),
            "pairs": [asdict(pair) for pair in example.pairs],
        }
        self._index.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._index.flush()

    def close(self) -> None:
        """Close both files."""
        self._images.close()
        self._index.close()


class Shard:
    """Random access to the examples of one shard; `refresh` reads what was appended since."""

    def __init__(self, index: Path) -> None:
        images = index.with_suffix(".bin")
        if not index.is_file() or not images.is_file():
            raise InvalidDataset(f"{index} needs {images.name} beside it: a shard consists of both files")
        self.source = index.stem.rpartition(".")[0] or index.stem
        """Name of the task; a shard `click-tab.2` adds to the shard `click-tab.1`."""
        self._index = index.open("rb")
        self._images = images.open("rb")
        self._lines: list[bytes] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the lines that were completed since the last refresh."""
        start = self._index.tell()
        while (line := self._index.readline()).endswith(b"\n"):
            self._lines.append(line)
            start = self._index.tell()
        self._index.seek(start)

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, position: int) -> Example:
        line = json.loads(self._lines[position])
        encoded = os.pread(self._images.fileno(), line["length"], line["offset"])
        return Example(line["source"], encoded, tuple(Pair(**pair) for pair in line["pairs"]))

    def __iter__(self) -> Iterator[Example]:
        return (self[position] for position in range(len(self)))


class Dataset:
    """All shards of a folder, by source; `refresh` reads new shards and what was appended to old ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[Path, Shard] = {}
        self.sources: dict[str, list[Shard]] = {}
        """Non-empty shards, grouped by source."""
        self.refresh()
        if not self.sources:
            raise InvalidDataset(f"{folder} holds no training data: collect some first")

    def refresh(self) -> None:
        """Read the folder again."""
        for index in sorted(self._folder.glob("*.jsonl")):
            if index not in self._shards:
                self._shards[index] = Shard(index)
        self.sources = {}
        for shard in self._shards.values():
            shard.refresh()
            if len(shard):
                self.sources.setdefault(shard.source, []).append(shard)

    def draw(self, choice: random.Random) -> Example:
        """Draw an example; sources are equally likely, regardless of the sizes of their shards."""
        shards = self.sources[choice.choice(list(self.sources))]
        position = choice.randrange(sum(len(shard) for shard in shards))
        for shard in shards:
            if position < len(shard):
                return shard[position]
            position -= len(shard)
        raise IndexError(position)
