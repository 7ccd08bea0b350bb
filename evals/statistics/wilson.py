"""Confidence intervals of success rates."""

import math
from typing import NamedTuple

Z_95 = 1.959963984540054
"""The standard normal quantile of a two-sided confidence interval of 95 %."""


class Interval(NamedTuple):
    """Bounds of a rate, both from 0 to 1."""

    low: float
    high: float


def wilson(successes: float, episodes: int, z: float = Z_95) -> Interval:
    """Return Wilson's score interval for the rate behind `successes` of `episodes`.

    Unlike the usual normal approximation it holds for few episodes and at the ends: 10 of 10 gives 0.72 to 1.
    Without episodes nothing is known: 0 to 1. Where an episode was repeated, its success may be a share.
    Source: E. B. Wilson, JASA 22 (1927), 209-212.
    """
    if not 0 <= successes <= episodes:
        raise ValueError(f"{successes} successes of {episodes} episodes")
    if episodes == 0:
        return Interval(0.0, 1.0)
    rate = successes / episodes
    spread = z * math.sqrt(rate * (1 - rate) / episodes + (z / (2 * episodes)) ** 2)
    scale = 1 + z**2 / episodes
    center = rate + z**2 / (2 * episodes)
    return Interval(max(0.0, (center - spread) / scale), min(1.0, (center + spread) / scale))
