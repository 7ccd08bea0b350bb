"""The results folder of an offline benchmark, read again with its samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handeye.evals.catalog import Offline
from handeye.evals.errors import ResultsError
from handeye.evals.manifest import MANIFEST, read_manifest
from handeye.evals.offline import OFFLINE
from handeye.evals.samples.dataset import Dataset
from handeye.evals.samples.log import PREDICTIONS, read_predictions
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import newest_of


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """The predictions of a run, what they are about, and how they were made."""

    directory: Path
    manifest: dict[str, Any]
    offline: Offline
    dataset: Dataset[Any]
    predictions: Sequence[Prediction]
    """The newest of each sample and repeat."""


def open_folder(directory: Path, data: str | None = None) -> ResultsFolder:
    """Read a folder; the samples from `data`, else from where they were read before.

    Raises `ResultsError` if it is no folder of predictions or the samples have changed since, and `InvalidDataset`.
    """
    if not (directory / PREDICTIONS).is_file():
        raise ResultsError(f"{directory} has no {PREDICTIONS}: give the folder of an offline benchmark's run")
    manifest = read_manifest(directory)
    offline = OFFLINE.get(str(manifest.get("benchmark")))
    if offline is None:
        raise ResultsError(f"{directory / MANIFEST} names no benchmark that is known: {manifest.get('benchmark')}")
    dataset = offline.load(data or str(manifest.get("data", "")), manifest.get("load", {}))
    known = manifest.get("dataset", {}).get("digest")
    if dataset.digest != known:
        raise ResultsError(
            f"the samples have changed since {directory} was made (hash {dataset.digest}, not {known}): "
            "give the same files with --data"
        )
    return ResultsFolder(directory, manifest, offline, dataset, newest_of(read_predictions(directory)))
