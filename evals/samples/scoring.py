"""From verdicts to scores."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Any, NamedTuple

from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.judge import Judge, Verdict
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.sample import Sample
from handeye.evals.samples.scores import Rate, Scores
from handeye.evals.statistics.repeats import flip_rate, pass_hat

LOST = Verdict(correct=False, reason="the machine failed")


class Judged(NamedTuple):
    """A sample, what was predicted, and what the judge says."""

    sample: Sample
    prediction: Prediction
    verdict: Verdict


def judge_all(
    samples: Sequence[Sample], predictions: Iterable[Prediction], judge: Judge[Any]
) -> tuple[list[Judged], int]:
    """Return the judged predictions in the order of the samples, and how many samples have none.

    A prediction with an error is wrong for every judge. Predictions of other samples are left out.
    """
    by_sample: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        by_sample.setdefault(prediction.sample, []).append(prediction)
    found = []
    missing = 0
    for sample in samples:
        own = sorted(by_sample.get(sample.id, ()), key=lambda each: each.repeat)
        missing += not own
        for prediction in own:
            verdict = LOST if prediction.error is not None else judge.judge(sample, prediction)
            found.append(Judged(sample, prediction, verdict))
    return found, missing


def score(judged: Sequence[Judged], missing: int, judge: Judge[Any], benchmark: Benchmark[Any]) -> Scores:
    """Return the scores. Each sample counts once; with repeats, by the share of them that were right."""
    counted = [each for each in judged if each.verdict.counted]
    confusion: dict[str, dict[str, int]] = {}
    for each in counted if benchmark.labels else ():
        if each.verdict.meant:
            row = confusion.setdefault(each.verdict.meant, {})
            said = each.verdict.said or "none"
            row[said] = row.get(said, 0) + 1
    names = sorted({name for each in counted for name in each.sample.groups})
    cells = _by(counted, partial(_cell, groups=benchmark.macro)) if benchmark.macro else {}
    outcomes = [[each.verdict.correct for each in repeats] for repeats in _by_sample(counted).values()]
    repeats = max(map(len, outcomes), default=1)
    return Scores(
        judge=judge.name,
        protocol=judge.protocol,
        overall=rate_of(counted, _is_correct),
        macro=fmean(cell.rate for cell in cells.values()) if cells else None,
        cells=cells,
        tables={
            f"{table.rows} / {table.columns}": _by(counted, partial(_cell, groups=(table.rows, table.columns)))
            for table in benchmark.tables
            if table.columns
        },
        groups={name: _by(counted, partial(_value, name)) for name in names},
        parts=_parts(counted),
        wrong_format=sum(each.verdict.wrong_format for each in counted),
        errors=sum(each.prediction.error is not None for each in counted),
        excluded=len({each.sample.id for each in judged if not each.verdict.counted}),
        missing=missing,
        confusion=confusion,
        repeats=repeats,
        flip_rate=flip_rate(outcomes) if repeats > 1 else None,
        pass_hat=_chances(outcomes) if repeats > 1 else (),
    )


def rate_of(judged: Sequence[Judged], right: Callable[[Judged], bool]) -> Rate:
    """Return the share of samples that are right, with its error bars."""
    by_sample = _by_sample(judged)
    values = [fmean(right(each) for each in repeats) for repeats in by_sample.values()]
    return Rate.of(values, [repeats[0].sample.cluster for repeats in by_sample.values()])


def _is_correct(judged: Judged) -> bool:
    return judged.verdict.correct


def _by_sample(judged: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    found: dict[str, list[Judged]] = {}
    for each in judged:
        found.setdefault(each.sample.id, []).append(each)
    return found


def _by(judged: Sequence[Judged], value: Callable[[Sample], str]) -> dict[str, Rate]:
    """Return the rate of each value that the samples have, in the order of the values."""
    found: dict[str, list[Judged]] = {}
    for each in judged:
        if name := value(each.sample):
            found.setdefault(name, []).append(each)
    return {name: rate_of(found[name], _is_correct) for name in sorted(found)}


def _cell(sample: Sample, groups: Sequence[str]) -> str:
    return " / ".join(sample.groups.get(group, "") for group in groups)


def _parts(judged: Sequence[Judged]) -> dict[str, Rate]:
    """Return the rates of the judge's parts. A sample at which the machine failed has none, and is in none."""
    names = dict.fromkeys(name for each in judged for name in each.verdict.parts)
    found = {}
    for name in names:
        having = [each for each in judged if name in each.verdict.parts]
        found[name] = rate_of(having, partial(_has, name))
    return found


def _value(name: str, sample: Sample) -> str:
    return sample.groups.get(name, "")


def _has(name: str, judged: Judged) -> bool:
    return judged.verdict.parts[name]


def _chances(outcomes: Sequence[Sequence[bool]]) -> tuple[float, ...]:
    """Return pass^k for k from 1 to the least number of repeats that a sample has."""
    least = min(map(len, outcomes), default=0)
    chances = [pass_hat(outcomes, k) for k in range(1, least + 1)]
    return tuple(chance for chance in chances if chance is not None)
