"""The log of a results folder: one record a line, each on the disk before the next."""

from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from handeye.actions.closeable import Closeable
from handeye.agent.journal.durable import LineFile
from handeye.evals.errors import ResultsError

RecordT = TypeVar("RecordT", bound=BaseModel)


class LineLog(Closeable, Generic[RecordT]):
    """Records in a file that one run at a time may write to. Appending is durable: no crash loses a record.

    An unterminated last line was being written when its process died: it is cut off.
    """

    def __init__(self, path: Path, kind: type[RecordT], noun: str) -> None:
        """Read the existing records; `noun` names one, such as "an episode". Raises `ResultsError`."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = LineFile.open(path)
        except BlockingIOError:
            raise ResultsError(f"{path} is being written by another run: wait for it or end it") from None
        except OSError as error:
            raise ResultsError(f"cannot use {path.parent} for results: {error.strerror or error}") from error
        try:
            self.records = read_lines(path, kind, noun)
        except ResultsError:
            self.close()
            raise

    def append(self, record: RecordT) -> None:
        """Add a record and flush it to the disk. Raises `ResultsError`."""
        try:
            self._file.append(record.model_dump_json(exclude_defaults=True).encode())
        except OSError as error:
            raise ResultsError(f"cannot write {self.path}: {error.strerror or error}") from error
        self.records.append(record)

    def close(self) -> None:
        """Let another run write to the folder."""
        self._file.close()


def read_lines(
    path: Path, kind: type[RecordT], noun: str, advice: str = "fix it or choose another --out"
) -> list[RecordT]:
    """Return the records of a file, oldest first; an unfinished last line is left out. Raises `ResultsError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ResultsError(f"cannot read {path}: {error.strerror or error}") from error
    found = []
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError:
            raise ResultsError(f"{path}: line {number} is not {noun}: {advice}") from None
    return found
