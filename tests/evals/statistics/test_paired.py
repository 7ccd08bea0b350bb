import pytest

from handeye.evals.statistics.paired import paired


def test_a_run_does_not_differ_from_itself() -> None:
    values = [0.0, 1.0, 0.5, 1.0]
    assert paired(values, values, "abcd") == (0.0, 0.0, 0.0, 1.0)


def test_the_interval_is_that_of_the_normal_approximation_where_that_holds() -> None:
    """400 questions, one to an image: 60 are right in the second run only, 40 in the first only."""
    first = [1.0] * 40 + [0.0] * 60 + [1.0] * 300
    second = [0.0] * 40 + [1.0] * 60 + [1.0] * 300
    found = paired(first, second, range(400))
    deviation = ((100 / 400 - 0.05**2) / 400) ** 0.5
    assert found.mean == pytest.approx(0.05)
    assert found.low == pytest.approx(0.05 - 1.96 * deviation, abs=0.004)
    assert found.high == pytest.approx(0.05 + 1.96 * deviation, abs=0.004)
    assert 0.02 < found.p < 0.08  # McNemar, mid-p: 0.046


def test_answers_about_one_image_count_together() -> None:
    first, second = [0.0] * 40, [1.0, 1.0, 0.0, 0.0] * 10
    alone = paired(first, second, range(40))
    together = paired(first, second, [0] * 20 + [1] * 20)
    assert together.low == together.high == 0.5, "both images are alike"
    images = paired(first, [1.0] * 20 + [0.0] * 20, [index // 10 for index in range(40)])
    assert images.high - images.low > alone.high - alone.low


def test_one_cluster_says_nothing() -> None:
    assert paired([0.0, 0.0], [1.0, 1.0], "aa") == (1.0, -1.0, 1.0, 1.0)
    assert paired([], [], []) == (0.0, -1.0, 1.0, 1.0)


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 and 2 values"):
        paired([1.0], [1.0, 0.0], "ab")
