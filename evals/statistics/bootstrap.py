"""Confidence intervals of a mean whose observations come in clusters, by resampling the clusters."""

from collections.abc import Hashable, Sequence
from typing import Final

from handeye.evals.statistics.wilson import Interval

RESAMPLES: Final = 2000
SEED: Final = 20_241_128
"""The same data give the same interval."""


def clustered(values: Sequence[float], clusters: Sequence[Hashable]) -> Interval:
    """Return the 95 % interval of the mean of `values`, by the percentiles of resampled clusters.

    Answers about one screenshot, or steps of one episode, are right or wrong together, so that an interval which takes
    them for independent is too narrow. Without values nothing is known: 0 to 1. With one cluster the interval says
    nothing either: it is 0 to 1. Source: A. C. Davison and D. V. Hinkley, Bootstrap Methods, 1997, chapter 3.8.
    """
    import numpy as np  # only here, so that reading results needs no numpy

    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values of {len(clusters)} clusters")
    numbers: dict[Hashable, int] = {}
    members = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.int64)
    if len(numbers) < 2:
        return Interval(0.0, 1.0)
    sums = np.bincount(members, weights=np.asarray(values, dtype=np.float64))
    sizes = np.bincount(members).astype(np.float64)
    generator = np.random.default_rng(SEED)
    # How often each cluster is drawn: (resamples, clusters).
    counts = generator.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=RESAMPLES)
    means = (counts @ sums) / (counts @ sizes)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(low), float(high))
