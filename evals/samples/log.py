"""`predictions.jsonl` of a results folder."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from handeye.actions.closeable import Closeable
from handeye.agent.journal.durable import LineFile
from handeye.evals.errors import ResultsError
from handeye.evals.samples.prediction import Prediction

PREDICTIONS: Final = "predictions.jsonl"


class PredictionLog(Closeable):
    """The predictions of a results folder. Appending is durable: no crash loses one.

    An unterminated last line was being written when its process died: it is cut off, and its sample is asked again.
    """

    def __init__(self, directory: Path) -> None:
        """Read the existing predictions. Raises `ResultsError`."""
        self.path = directory / PREDICTIONS
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = LineFile.open(self.path)
        except BlockingIOError:
            raise ResultsError(f"{self.path} is being written by another run: wait for it or end it") from None
        except OSError as error:
            raise ResultsError(f"cannot use {directory} for results: {error.strerror or error}") from error
        try:
            self.newest = {prediction.key: prediction for prediction in read_predictions(directory)}
        except ResultsError:
            self.close()
            raise

    def append(self, prediction: Prediction) -> None:
        """Add a prediction and flush it to the disk. Raises `ResultsError`."""
        try:
            self._file.append(prediction.model_dump_json(exclude_defaults=True).encode())
        except OSError as error:
            raise ResultsError(f"cannot write {self.path}: {error.strerror or error}") from error
        self.newest[prediction.key] = prediction

    def close(self) -> None:
        """Let another run write to the folder."""
        self._file.close()


def read_predictions(directory: Path) -> Iterable[Prediction]:
    """Yield the predictions of a folder, oldest first; an unfinished last line is left out. Raises `ResultsError`."""
    path = directory / PREDICTIONS
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ResultsError(f"cannot read {path}: {error.strerror or error}") from error
    for number, line in enumerate(content[: content.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            yield Prediction.model_validate_json(line)
        except ValidationError:
            raise ResultsError(f"{path}: line {number} is not a prediction: fix it or choose another --out") from None
