"""The key of a prediction: a hash of all that decides it."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.sample import Sample


def prediction_key(sample: Sample, run: str, repeat: int) -> str:
    """Return the key of a prediction of `run`: a hash of how the model is prompted and decoded, see `run_digest`.

    The image counts by its content, so that a moved folder changes nothing. A missing image has a key, too: its sample
    counts as a failure. Raises `InvalidDataset` if the image is there and cannot be read.
    """
    parts = (_image_digest(sample.image), sample.id, sample.asked, run, repeat)
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:24]


def run_digest(*parts: object) -> str:
    """Return a hash of what is the same for all predictions of a run: the model, its prompt, its decoding."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:24]


def _image_digest(path: Path) -> str:
    """Return the hash of a file; empty if there is none."""
    try:
        found = path.stat()
        return _file_digest(path, found.st_mtime_ns, found.st_size)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise InvalidDataset(f"cannot read {path}: {error.strerror or error}") from error


@lru_cache(maxsize=64)
def _file_digest(path: Path, changed: int, size: int) -> str:
    """Return the hash of a file as it was at a time: samples of one image mostly follow each other."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
