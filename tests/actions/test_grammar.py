"""What a reply may be, as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.grammar import Character, Choice, Literal, Sequence, choice, number, sequence
from tests.actions.rule_texts import matches


@given(st.integers(-3000, 3000), st.integers(0, 4000), st.integers(-9000, 9000))
def test_a_number_is_of_its_range_and_written_in_one_way(low: int, span: int, number_: int) -> None:
    rule = number(low, low + span)
    assert matches(rule, str(number_)) == (low <= number_ <= low + span)
    assert not matches(rule, f"0{number_}")
    assert not matches(rule, "-0")


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 9), (0, 1919), (7, 1080), (999, 1000), (-100_000, 100_000)])
def test_the_ends_of_a_range_are_in_it(low: int, high: int) -> None:
    rule = number(low, high)
    assert [matches(rule, str(value)) for value in (low - 1, low, high, high + 1)] == [False, True, True, False]


def test_no_number_is_in_an_empty_range() -> None:
    with pytest.raises(ValueError, match="from 3 to 2"):
        number(3, 2)


def test_strings_stand_for_themselves() -> None:
    assert sequence("a", Character("bc")) == Sequence((Literal("a"), Character("bc")))
    assert choice(["yes", "no"]) == Choice((Literal("yes"), Literal("no")))
    assert hash(choice(["yes"])) == hash(choice(["yes"]))
