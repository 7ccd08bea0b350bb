"""How steady answers are: the same question, asked several times."""

from collections.abc import Sequence
from math import comb


def flip_rate(outcomes: Sequence[Sequence[bool]]) -> float | None:
    """Return the share of questions whose repeats were not all right or all wrong; None without questions.

    `outcomes` has the repeats of each question. A question that was asked once has not flipped.
    """
    if not outcomes:
        return None
    return sum(len(set(repeats)) > 1 for repeats in outcomes) / len(outcomes)


def pass_hat(outcomes: Sequence[Sequence[bool]], k: int) -> float | None:
    """Return pass^k: the chance that k answers to the same question are all right, averaged over the questions.

    Each question needs at least k repeats; None if one has fewer, or there are none. Of n repeats with c right ones,
    the unbiased estimate is C(c, k) / C(n, k). Source: S. Yao et al., tau-bench, arXiv 2406.12045.
    """
    if k < 1:
        raise ValueError(f"k is {k}: it is at least 1")
    if not outcomes or any(len(repeats) < k for repeats in outcomes):
        return None
    return sum(comb(sum(repeats), k) / comb(len(repeats), k) for repeats in outcomes) / len(outcomes)
