import pytest

from handeye.evals.statistics.bootstrap import clustered


def test_independent_answers_give_about_the_normal_interval() -> None:
    values = [1.0] * 60 + [0.0] * 40
    low, high = clustered(values, range(100))
    spread = 1.96 * (0.6 * 0.4 / 100) ** 0.5
    assert (low, high) == pytest.approx((0.6 - spread, 0.6 + spread), abs=0.012)


def test_answers_that_go_together_say_less() -> None:
    values = [float(index % 20 < 12) for index in range(100)]
    alone = clustered(values, range(100))
    together = clustered([float(index < 60) for index in range(100)], [index // 20 for index in range(100)])
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_the_same_data_give_the_same_interval_whatever_the_clusters_are_called() -> None:
    values = [0.0, 1.0, 1.0, 0.5]
    assert clustered(values, "aabb") == clustered(values, ["x", "x", "y", "y"])


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 0.0]])
def test_one_cluster_says_nothing(values: list[float]) -> None:
    assert clustered(values, ["one"] * len(values)) == (0.0, 1.0)


def test_each_value_needs_a_cluster() -> None:
    with pytest.raises(ValueError, match="2 values of 1 clusters"):
        clustered([1.0, 0.0], ["one"])
