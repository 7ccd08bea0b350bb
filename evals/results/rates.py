"""Rates of results, over all or by group, with their error bars."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean

from handeye.evals.results.answer import Fate, Item
from handeye.evals.results.run import Results
from handeye.evals.samples.scores import Rate


def rate_of(items: Sequence[Item]) -> Rate:
    """Return the share of right items, each of which counts once."""
    return Rate.of([item.success for item in items], [item.cluster for item in items])


def bounds(rate: Rate) -> tuple[float, float]:
    """Return the wider of the two intervals at each end.

    Fewer than five clusters say nothing of their spread, and a rate of 0 or 1 resamples to itself: the other interval
    holds there.
    """
    if (rate.clustered_low, rate.clustered_high) == (0.0, 1.0):
        return rate.low, rate.high
    return min(rate.low, rate.clustered_low), max(rate.high, rate.clustered_high)


def rates_by(results: Results, grouping: str) -> dict[str, Rate]:
    """Return the rate of each value of a grouping, by name; items without one are left out."""
    found: dict[str, list[Item]] = {}
    for item in results.items:
        if value := item.groups.get(grouping, ""):
            found.setdefault(value, []).append(item)
    return {value: rate_of(found[value]) for value in sorted(found)}


def macro_of(results: Results) -> float | None:
    """Return the mean over the cells of the benchmark's groups; None if it has none."""
    if not results.macro or not results.items:
        return None
    cells: dict[tuple[str, ...], list[float]] = {}
    for item in results.items:
        cell = tuple(item.groups.get(group, "") for group in results.macro)
        cells.setdefault(cell, []).append(item.success)
    return fmean(fmean(values) for values in cells.values())


def fates(results: Results) -> Mapping[Fate, int]:
    """Return how many answers came to what, repeats included."""
    counts = Counter(answer.fate for answer in results.answers)
    return {"right": counts["right"], "miss": counts["miss"], "format": counts["format"], "error": counts["error"]}
