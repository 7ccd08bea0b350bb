"""Judging the predictions of a results folder, as often as one likes: no model is needed."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from handeye.agent.journal.durable import write_whole
from handeye.evals.errors import ResultsError
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.scores import Scores
from handeye.evals.samples.scoring import Judged, judge_all, score

SCORES: Final = "scores.json"


def score_all(benchmark: Benchmark[Any], samples: Sequence[Sample], predictions: Sequence[Prediction]) -> list[Scores]:
    """Return the scores of the newest predictions by each judge of a benchmark."""
    return [scores for scores, _ in judge_and_score(benchmark, samples, predictions)]


def judge_and_score(
    benchmark: Benchmark[Any], samples: Sequence[Sample], predictions: Sequence[Prediction]
) -> list[tuple[Scores, list[Judged]]]:
    """Return the scores by each judge of a benchmark, with the verdicts that they count."""
    found = []
    for judge in benchmark.judges:
        judged, missing = judge_all(samples, predictions, judge)
        found.append((score(judged, missing, judge, benchmark), judged))
    return found


def write_scores(
    directory: Path, benchmark: Benchmark[Any], samples: Sequence[Sample], predictions: Sequence[Prediction]
) -> list[Scores]:
    """Judge, write `scores.json` atomically, and return the scores. Raises `ResultsError`."""
    scores = score_all(benchmark, samples, predictions)
    path = directory / SCORES
    content = {"benchmark": benchmark.name, "scores": [each.model_dump(mode="json") for each in scores]}
    try:
        write_whole(path, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error
    return scores


def newest_of(predictions: Iterable[Prediction]) -> list[Prediction]:
    """Return the newest prediction of each repeat of each sample: one whose image has changed was asked again."""
    return list({(each.sample, each.repeat): each for each in predictions}.values())
