"""The results of an offline benchmark, from its judged predictions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handeye.evals.results.answer import Answer, Item
from handeye.evals.results.run import JudgeSummary, Results
from handeye.evals.samples.benchmark import Benchmark
from handeye.evals.samples.scores import Scores
from handeye.evals.samples.scoring import Judged


def results_of_samples(
    folder: Path,
    manifest: Mapping[str, Any],
    benchmark: Benchmark[Any],
    judged: Sequence[Judged],
    judge: str,
    scores: Sequence[Scores],
) -> Results:
    """Return the results by the judge of that name, whose verdicts `judged` has; `scores` are those of all judges."""
    own = next(each for each in scores if each.judge == judge)
    by_sample: dict[str, list[Judged]] = {}
    for each in judged:
        if each.verdict.counted:
            by_sample.setdefault(each.sample.id, []).append(each)
    groupings = list(dict.fromkeys(name for repeats in by_sample.values() for name in repeats[0].sample.groups))
    first = [name for table in benchmark.tables for name in (table.rows, table.columns) if name in groupings]
    return Results(
        folder=folder,
        kind="samples",
        benchmark=benchmark.name,
        title=benchmark.title,
        model=str(manifest.get("model", "")),
        judge=judge,
        protocol=own.protocol,
        items=[_item(repeats) for repeats in by_sample.values()],
        manifest=manifest,
        groupings=tuple(dict.fromkeys((*first, *groupings))),
        macro=benchmark.macro,
        labels=benchmark.labels,
        confusion=own.confusion,
        judges=[_summary(each) for each in scores],
        notes=benchmark.notes,
        excluded=own.excluded,
        missing=own.missing,
    )


def _item(repeats: Sequence[Judged]) -> Item:
    sample = repeats[0].sample
    return Item(
        id=sample.id,
        instruction=sample.instruction,
        cluster=sample.cluster,
        answers=tuple(_answer(each) for each in repeats),
        groups=sample.groups,
        image=sample.image,
        target=sample.target,
    )


def _answer(judged: Judged) -> Answer:
    sample, prediction, verdict = judged
    point = prediction.place
    distance = verdict.distance
    if distance is None and point is not None and sample.target is not None:
        distance = sample.target.distance(*point)
    return Answer(
        repeat=prediction.repeat,
        right=verdict.correct,
        wrong_format=verdict.wrong_format,
        error=prediction.error,
        seconds=prediction.seconds,
        prompt_tokens=prediction.prompt_tokens,
        generated_tokens=prediction.generated_tokens,
        visual_tokens=None if prediction.image is None else prediction.image.tokens,
        text=prediction.text,
        reason=verdict.reason or prediction.problem or "",
        size=prediction.size,
        point=point,
        distance=distance,
    )


def _summary(scores: Scores) -> JudgeSummary:
    rate = scores.overall
    return JudgeSummary(name=scores.judge, protocol=scores.protocol, rate=rate.rate, low=rate.low, high=rate.high)
