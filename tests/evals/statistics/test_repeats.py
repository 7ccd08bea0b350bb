import pytest

from handeye.evals.statistics.repeats import flip_rate, pass_hat


def test_questions_that_were_not_always_answered_alike_have_flipped() -> None:
    assert flip_rate([[True, True], [True, False], [False, False], [False, True]]) == 0.5
    assert flip_rate([[True], [False]]) == 0.0
    assert flip_rate([]) is None


def test_the_chance_that_all_of_k_are_right_falls_with_k() -> None:
    outcomes = [[True, True, False, True], [True] * 4]
    # C(3, k) / C(4, k) for the first: 3/4, 3/6, 1/4, 0.
    assert [pass_hat(outcomes, k) for k in (1, 2, 3, 4)] == pytest.approx([0.875, 0.75, 0.625, 0.5])


def test_more_than_was_repeated_is_not_known() -> None:
    assert pass_hat([[True, True], [True]], 2) is None
    assert pass_hat([], 1) is None
    with pytest.raises(ValueError, match="at least 1"):
        pass_hat([[True]], 0)
