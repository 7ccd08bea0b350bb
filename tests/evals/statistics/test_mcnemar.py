"""McNemar's test against published values and those of statsmodels 0.14 (`mcnemar(table, exact=True)`)."""

import pytest

from handeye.evals.statistics.mcnemar import exact_p, mcnemar, mid_p, shown_p


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ((1, 8), 0.0390625),
        ((0, 5), 0.0625),
        ((10, 20), 0.09873714670538905),
        ((15, 5), 0.04138946533203125),
        ((3, 0), 0.25),
        ((4, 4), 1.0),
        ((0, 0), 1.0),
        ((86, 150), 3.7159361395713866e-05),  # approval of a prime minister, Agresti, Categorical Data Analysis, 10.1
        ((59, 6), 4.964650327128616e-12),
    ],
)
def test_the_exact_test_is_that_of_statsmodels(pairs: tuple[int, int], expected: float) -> None:
    assert exact_p(*pairs) == pytest.approx(expected, rel=1e-9)
    assert exact_p(*reversed(pairs)) == exact_p(*pairs)


def test_the_published_example_of_both_tests() -> None:
    """Airway hyper-responsiveness, 1 against 7: Fagerland, Lydersen and Laake, 2013, table 1: 0.070 and 0.039."""
    assert round(exact_p(1, 7), 3) == 0.070
    assert round(mid_p(1, 7), 3) == 0.039


def test_few_pairs_are_tested_exactly_and_many_by_mid_p() -> None:
    assert (mcnemar(8, 16).kind, mcnemar(8, 17).kind) == ("exact", "mid-p")
    assert mcnemar(8, 17).p < exact_p(8, 17)
    assert mid_p(12, 12) == 1.0
    assert str(mcnemar(1, 8)) == "p 0.039 (McNemar, exact)"


@pytest.mark.slow
def test_thousands_of_pairs_need_no_approximation() -> None:
    assert 0 < mcnemar(4_000, 4_200).p < 0.05


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        mcnemar(-1, 2)


def test_p_values_are_shown_shortly() -> None:
    assert [shown_p(p) for p in (0.0004, 0.0341, 0.251, 1.0)] == ["< 0.001", "0.034", "0.25", "1.00"]
