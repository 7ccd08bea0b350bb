"""The difference of two runs on the same questions, and how sure it is."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from handeye.evals.statistics.bootstrap import RESAMPLES, SEED


class Difference(NamedTuple):
    """The mean of the second run minus that of the first."""

    mean: float
    low: float
    """The 95 % interval, by resampling clusters."""
    high: float
    p: float
    """Two-sided, by the same resampling; not below 1 / (`RESAMPLES` + 1) x 2. 1 if no value differs."""


def paired(first: Sequence[float], second: Sequence[float], clusters: Sequence[Hashable]) -> Difference:
    """Compare the values of the same questions, such as shares of repeats that were right, from 0 to 1.

    Clusters (images, episodes) are resampled with their pairs, so that neither the pairing nor what the answers about
    one image have in common is lost. With fewer than two clusters nothing is known: the interval is -1 to 1. Source:
    B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 15; the p-value is that of
    the percentile interval which just excludes 0.
    """
    import numpy as np  # only here, so that reading results needs no numpy

    if not len(first) == len(second) == len(clusters):
        raise ValueError(f"{len(first)} and {len(second)} values of {len(clusters)} clusters")
    gains = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    mean = float(gains.mean()) if len(gains) else 0.0
    numbers: dict[Hashable, int] = {}
    members = np.array([numbers.setdefault(cluster, len(numbers)) for cluster in clusters], dtype=np.int64)
    if len(numbers) < 2:
        return Difference(mean, -1.0, 1.0, 1.0)
    sums = np.bincount(members, weights=gains)
    sizes = np.bincount(members).astype(np.float64)
    generator = np.random.default_rng(SEED)
    counts = generator.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=RESAMPLES)
    means = (counts @ sums) / (counts @ sizes)
    low, high = np.quantile(means, (0.025, 0.975))
    below, above = int((means <= 0).sum()), int((means >= 0).sum())
    p = min(1.0, 2 * (min(below, above) + 1) / (RESAMPLES + 1))
    return Difference(mean, float(low), float(high), p)
