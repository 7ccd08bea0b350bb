"""`predictions.jsonl` of a results folder."""

from pathlib import Path
from typing import Final

from handeye.evals.line_log import LineLog, read_lines
from handeye.evals.samples.prediction import Prediction

PREDICTIONS: Final = "predictions.jsonl"
_NOUN: Final = "a prediction"


class PredictionLog(LineLog[Prediction]):
    """The predictions of a results folder. One that was being written in a crash is asked for again."""

    def __init__(self, directory: Path) -> None:
        """Read the existing predictions. Raises `ResultsError`."""
        super().__init__(directory / PREDICTIONS, Prediction, _NOUN)
        self.newest = {prediction.key: prediction for prediction in self.records}

    def append(self, record: Prediction) -> None:
        """Add a prediction and flush it to the disk. Raises `ResultsError`."""
        super().append(record)
        self.newest[record.key] = record


def read_predictions(directory: Path) -> list[Prediction]:
    """Return the predictions of a folder, oldest first; an unfinished last line is left out. Raises `ResultsError`."""
    return read_lines(directory / PREDICTIONS, Prediction, _NOUN)
