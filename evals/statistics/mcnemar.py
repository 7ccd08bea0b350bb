"""Whether two runs differ on the same questions, each answered once: McNemar's test."""

from dataclasses import dataclass
from math import comb
from typing import Final, Literal

EXACT_BELOW: Final = 25
"""With fewer discordant pairs the p-value is that of the exact test, which never says too little."""


@dataclass(frozen=True, slots=True)
class McNemar:
    """The result of a test, two-sided."""

    p: float
    """How likely a difference at least as large is if both are equally good; 1 without discordant pairs."""
    kind: Literal["exact", "mid-p"]
    """Which of the two tests was chosen."""

    def __str__(self) -> str:
        name = "McNemar, exact" if self.kind == "exact" else "McNemar, mid-p"
        return f"p {shown_p(self.p)} ({name})"


def mcnemar(only_first: int, only_second: int) -> McNemar:
    """Test the numbers of questions that only the first run, or only the second, has answered rightly.

    Below `EXACT_BELOW` such pairs the exact conditional test is used, the binomial one at 1/2; from there on its mid-p
    variant, which is less conservative and nearly always keeps its level; the test by chi-square often exceeds it.
    Sources: Q. McNemar, Psychometrika 12 (1947), 153-157; M. W. Fagerland, S. Lydersen, P. Laake, BMC Medical Research
    Methodology 13:91 (2013).
    """
    if only_first < 0 or only_second < 0:
        raise ValueError(f"{only_first} and {only_second} pairs")
    if only_first + only_second < EXACT_BELOW:
        return McNemar(exact_p(only_first, only_second), "exact")
    return McNemar(mid_p(only_first, only_second), "mid-p")


def exact_p(only_first: int, only_second: int) -> float:
    """Return the two-sided p-value of the exact conditional test."""
    pairs, fewer = only_first + only_second, min(only_first, only_second)
    return min(1.0, float(2 * sum(comb(pairs, k) for k in range(fewer + 1)) / 2**pairs))


def mid_p(only_first: int, only_second: int) -> float:
    """Return the two-sided mid-p-value: the observed outcome counts half."""
    pairs, fewer = only_first + only_second, min(only_first, only_second)
    twice = 2 * sum(comb(pairs, k) for k in range(fewer + 1)) - comb(pairs, fewer)
    return float(twice / 2**pairs)


def shown_p(p: float) -> str:
    """Return a p-value for people: "0.034", or "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"
