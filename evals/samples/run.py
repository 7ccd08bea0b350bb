"""A run of an offline benchmark: workers ask about the samples of which a results folder has no prediction yet."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pydantic import JsonValue
from rich.console import Console

from handeye.evals.errors import WorkerFailed
from handeye.evals.facts import adapters_of, revision_of
from handeye.evals.manifest import Manifest
from handeye.evals.pool.remaining import remaining
from handeye.evals.pool.run import Workers, run_jobs
from handeye.evals.progress import RunProgress
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.dataset import Dataset
from handeye.evals.samples.judge import Judge
from handeye.evals.samples.key import prediction_key, run_digest
from handeye.evals.samples.log import PredictionLog
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.rescore import write_scores
from handeye.evals.samples.scores import Scores
from handeye.evals.samples.settings import SCRIPTED, AskSettings
from handeye.evals.samples.worker import Question, sample_crew

MOST_FAILURES = 10
"""So many failures of the model in a row, not of images, end a run: a server that is gone fails each sample slowly."""


@dataclass(frozen=True, slots=True)
class Loading:
    """What the samples were read from, so that they can be read again."""

    data: str
    """As the user gave it: a folder, or a dataset of the hub."""
    options: Mapping[str, JsonValue]
    """The loader's options."""


def run_samples(
    benchmark: Callable[[], Benchmark[Any]],
    dataset: Dataset[Any],
    loading: Loading,
    settings: AskSettings,
    directory: Path,
    *,
    workers: Workers,
    console: Console,
    repeats: int = 1,
    retry_errors: bool = False,
) -> list[Scores]:
    """Ask about the samples of which `directory` has no prediction, and return the scores of all, one for each judge.

    Each prediction is on the disk before the next one is awaited, so Ctrl-C or a kill loses only those in progress, and
    the scores are written however the run ends. With `retry_errors`, samples at which the machine failed are asked
    again. Raises `ResultsError` if the folder holds predictions of another model or prompt, and `WorkerFailed`.
    """
    chosen = benchmark()
    identity = _identity(chosen, settings)
    run = run_digest(identity)
    with PredictionLog(directory) as log:
        manifest = Manifest(directory)
        manifest.require(identity)
        asked = list(_asked(dataset.samples, run, repeats))
        left = remaining(
            asked,
            lambda question: log.newest.get(question.key),
            lambda question, attempt: question._replace(attempt=attempt),
            retry_errors,
        )
        manifest.begin(
            {
                **identity,
                "title": chosen.title,
                "data": loading.data,
                "load": dict(loading.options),
                "dataset": {
                    "digest": dataset.digest,
                    "samples": len(dataset.samples),
                    "complete": dataset.complete,
                    "facts": dict(dataset.facts),
                },
                "device": settings.device,
                "seeds": "the number of the repeat",
                "repeats": repeats,
            },
            workers.count,
        )
        before = [log.newest[each.key] for each in asked if each.key in log.newest]
        done = [each for each in before if not (retry_errors and each.error is not None)]
        by_id = {sample.id: sample for sample in dataset.samples}
        judge = chosen.judges[0]
        right = sum(is_right(judge, by_id[each.sample], each) for each in done)
        try:
            with RunProgress(console, "samples", len(asked), len(done), right) as progress:
                crew = sample_crew(benchmark, settings, dataset.samples[0] if dataset.samples else None)
                failures = 0
                for prediction in run_jobs(left, crew, workers, manifest.add):
                    log.append(prediction)
                    progress.add(is_right(judge, by_id[prediction.sample], prediction))
                    failures = failures + 1 if _is_lost(prediction) else 0
                    if failures == MOST_FAILURES:
                        raise WorkerFailed(
                            f"{failures} samples in a row failed, the last one because: {prediction.error}. "
                            "The same command with --retry-errors goes on"
                        )
        finally:
            kept = [log.newest[each.key] for each in asked if each.key in log.newest]
            scores = write_scores(directory, chosen, dataset.samples, kept)
            manifest.end(len(kept) - len(done), _spent(kept))
    return scores


def is_right(judge: Judge[Any], sample: object, prediction: Prediction) -> bool:
    """Return whether a judge calls a prediction right."""
    return prediction.error is None and judge.judge(sample, prediction).correct


def _is_lost(prediction: Prediction) -> bool:
    """Return whether a model was asked and did not answer."""
    return prediction.error is not None and prediction.size is not None


def _identity(benchmark: Benchmark[Any], settings: AskSettings) -> dict[str, JsonValue]:
    """Return what must be the same for all predictions of a folder."""
    scripted = settings.model in SCRIPTED
    local = not scripted and settings.server is None
    return {
        "benchmark": benchmark.name,
        "model": settings.model,
        "revision": revision_of(settings.model, settings) if local else None,
        "adapters": adapters_of(settings),
        "backend": settings.backend.value,
        "server": settings.server,
        "format": settings.format or ("none" if scripted else "the profile's own"),
        "prompt_hash": "" if scripted else benchmark.prompt_digest(settings),
        "asked_with": settings.model_dump(
            mode="json", include={"zoom", "temperature", "max_tokens", "min_pixels", "max_pixels", "profile"}
        ),
        "requested_dtype": settings.dtype,
    }


def _asked(samples: Sequence[Any], run: str, repeats: int) -> Iterator[Question]:
    for repeat in range(repeats):
        for sample in samples:
            yield Question(sample, prediction_key(sample, run, repeat), repeat, 1)


def _spent(predictions: Sequence[Prediction]) -> dict[str, JsonValue]:
    """Return the tokens of all predictions, and how many visual tokens an image had."""
    visual = [each.image.tokens for each in predictions if each.image is not None]
    return {
        "tokens": {
            "prompt": sum(each.prompt_tokens or 0 for each in predictions),
            "generated": sum(each.generated_tokens or 0 for each in predictions),
        },
        "visual_tokens": {"min": min(visual), "mean": round(fmean(visual), 1), "max": max(visual)} if visual else None,
    }
