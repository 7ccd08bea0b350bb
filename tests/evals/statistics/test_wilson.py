import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.evals.statistics.wilson import wilson


@pytest.mark.parametrize(
    ("successes", "episodes", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 10, 0.0, 0.27753),
        (10, 10, 0.72247, 1.0),
        (40, 50, 0.66963, 0.88756),  # from statsmodels.stats.proportion.proportion_confint(method="wilson")
        (1, 1, 0.20655, 1.0),
    ],
)
def test_bounds_are_those_of_the_literature(successes: int, episodes: int, low: float, high: float) -> None:
    assert wilson(successes, episodes) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_rate_and_mirrors(counts: tuple[int, int]) -> None:
    successes, episodes = counts
    low, high = wilson(successes, episodes)
    assert 0 <= low <= successes / episodes + 1e-12
    assert successes / episodes - 1e-12 <= high <= 1
    assert wilson(episodes - successes, episodes) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "episodes"), [(3, 2), (-1, 2)])
def test_impossible_counts_are_refused(successes: int, episodes: int) -> None:
    with pytest.raises(ValueError, match="successes of"):
        wilson(successes, episodes)
