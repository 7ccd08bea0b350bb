"""Opening a results folder of either kind. No model is needed: predictions are judged again."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handeye.actions.errors import HandeyeError
from handeye.evals.errors import ResultsError
from handeye.evals.record import EPISODES
from handeye.evals.results.episodes import results_of_episodes
from handeye.evals.results.run import Results
from handeye.evals.results.samples import results_of_samples
from handeye.evals.results_folder import open_folder
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.judge import Judge
from handeye.evals.samples.log import PREDICTIONS
from handeye.evals.samples.rescore import judge_and_score
from handeye.evals.samples.scoring import Judged


class UnknownJudge(HandeyeError):
    """The benchmark has no judge of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A results folder, read."""

    results: Results
    judged: Sequence[Judged] = ()
    """Each prediction with its verdict; empty of episodes."""
    judge: Judge[Any] | None = None
    """None of episodes."""


def open_results(folder: Path, *, judge: str | None = None, data: str | None = None) -> Opened:
    """Read a results folder by one judge, the benchmark's own if none is named.

    `data` says where the dataset is now, if it is no longer where the manifest says. Raises `ResultsError` if the
    folder holds no results, or predictions of another dataset; `UnknownJudge`; and `InvalidDataset`.
    """
    if (folder / PREDICTIONS).is_file():
        return _open_samples(folder, judge, data)
    if (folder / EPISODES).is_file():
        results = results_of_episodes(folder)
        if judge not in (None, results.judge):
            raise UnknownJudge(f"episodes are judged by their tasks: there is no judge {judge!r}; leave --judge out")
        return Opened(results=results)
    raise ResultsError(f"{folder} holds neither {PREDICTIONS} nor {EPISODES}: give the --out of a handeye eval")


def _open_samples(folder: Path, name: str | None, data: str | None) -> Opened:
    found = open_folder(folder, data)
    benchmark = found.offline.benchmark()
    judge = chosen_judge(benchmark, name)
    scored = judge_and_score(benchmark, found.dataset.samples, found.predictions)
    judged = next(verdicts for scores, verdicts in scored if scores.judge == judge.name)
    scores = [scores for scores, _ in scored]
    return Opened(
        results=results_of_samples(folder, found.manifest, benchmark, judged, judge.name, scores),
        judged=judged,
        judge=judge,
    )


def chosen_judge(benchmark: Benchmark[Any], name: str | None) -> Judge[Any]:
    """Return the judge with a name, or the benchmark's own. Raises `UnknownJudge`."""
    if name is None:
        return benchmark.judges[0]
    for judge in benchmark.judges:
        if judge.name == name:
            return judge
    known = ", ".join(judge.name for judge in benchmark.judges)
    raise UnknownJudge(f"{benchmark.title} has no judge {name!r}: choose one of {known}")
