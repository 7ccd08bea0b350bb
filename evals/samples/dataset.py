"""The samples of a benchmark, as read from files."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.evals.samples.sample import Sample

SampleT = TypeVar("SampleT", bound=Sample)


class InvalidDataset(HandeyeError):
    """The files of a benchmark are missing, damaged, or not what they are expected to be."""


@dataclass(frozen=True, slots=True)
class Dataset(Generic[SampleT]):
    """The samples of a benchmark, and what was found out about their files."""

    samples: Sequence[SampleT]
    digest: str
    """A hash of the files that hold the questions: `digest_of`."""
    facts: Mapping[str, JsonValue]
    """What was detected, by name, such as {"boxes": "left, top, width, height, in pixels"}: printed and kept."""
    complete: bool = True
    """Whether it has all samples that the benchmark is known to have."""

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for sample in self.samples:
            if sample.id in seen:
                raise InvalidDataset(f"two samples have the id {sample.id!r}: the file is damaged or was joined twice")
            seen.add(sample.id)


def digest_of(files: Iterable[Path]) -> str:
    """Return a short hash of the files' contents, whatever their order. Raises `InvalidDataset`."""
    hashes = []
    for file in files:
        try:
            with file.open("rb") as opened:
                hashes.append(hashlib.file_digest(opened, "sha256").hexdigest())
        except OSError as error:
            raise InvalidDataset(f"cannot read {file}: {error.strerror or error}") from error
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()[:16]


def require_counts(name: str, found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Raise `InvalidDataset` if the numbers of samples, by some name, are not those that a benchmark is known for."""
    wrong = [
        f"{part}: {found.get(part, 0)} instead of {expected.get(part, 0)}"
        for part in dict.fromkeys((*expected, *found))
        if found.get(part, 0) != expected.get(part, 0)
    ]
    if wrong:
        raise InvalidDataset(
            f"this is not the whole of {name}: {'; '.join(wrong)}. Use the complete files, or --part for some of them"
        )
