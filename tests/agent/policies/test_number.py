"""Numbers, their probability and their deviation, exactly."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.agent.policies.number import numbers
from handeye.model.conversation.digits import Digit


def ten(**shares: float) -> tuple[float, ...]:
    """Ten probabilities: d3=0.5 is that of the digit 3."""
    return tuple(shares.get(f"d{digit}", 0.0) for digit in range(10))


def measured(text: str, *tens: Sequence[float]) -> list[Digit]:
    places = [place for place, character in enumerate(text) if character.isdigit()]
    return [Digit(index, place, tuple(each)) for index, (place, each) in enumerate(zip(places, tens, strict=True))]


def test_a_number_is_a_run_of_digits() -> None:
    text = "x=842, y=0.25"
    first, second = numbers(text, measured(text, *[ten(d8=0.5)] * 6))
    assert [(each.start, each.end, each.written) for each in (first, second)] == [(2, 5, "842"), (9, 13, "0.25")]


def test_the_probability_is_the_product_of_the_digits() -> None:
    (number,) = numbers("42", measured("42", ten(d4=0.5, d5=0.1), ten(d2=0.8, d3=0.2)))
    assert number.probability == pytest.approx(0.4)


def test_the_deviation_of_each_digit_counts_as_much_as_its_place() -> None:
    even = ten(d4=0.5, d5=0.5)  # deviates by 0.5
    sure, third = ten(d4=1.0), ten(d4=0.25, d5=0.5)  # a third and two thirds of what is a digit
    cases = {(even, sure): 5.0, (sure, even): 0.5, (even, even): math.hypot(5.0, 0.5), (sure, sure): 0.0}
    for tens, expected in cases.items():
        (number,) = numbers("44", measured("44", *tens))
        assert number.deviation(100) == pytest.approx(expected)
    (number,) = numbers("4", measured("4", third))
    assert number.deviation(10) == pytest.approx(math.sqrt(2) / 3)
    (number,) = numbers("0.44", measured("0.44", sure, even, even))
    assert number.deviation(1) == pytest.approx(math.hypot(0.05, 0.005))


def test_digits_that_lead_beyond_the_limit_do_not_count() -> None:
    """After 1, the limit of 168 allows no 7 at the tens; 2 at the hundreds is a number of two digits."""
    first, second = ten(d1=0.9, d2=0.1), ten(d4=0.4, d6=0.4, d9=0.2)
    (number,) = numbers("140", measured("140", first, second, ten(d0=1.0)))
    assert number.deviation(168) == pytest.approx(10.0)
    assert number.deviation(1000) > 30


def test_no_probability_at_all_is_no_deviation() -> None:
    (number,) = numbers("4", measured("4", ten()))
    assert (number.probability, number.deviation(10)) == (0.0, 0.0)


def test_a_number_of_which_a_digit_was_not_measured_is_none() -> None:
    text = "42 17"
    digits = measured(text, *[ten(d4=0.5)] * 4)
    assert [number.written for number in numbers(text, digits[1:])] == ["17"]
    assert numbers("7" * 40, measured("7" * 40, *[ten(d7=1.0)] * 40)) == []


shares = st.lists(st.floats(0, 0.1), min_size=10, max_size=10)


@given(st.from_regex(r"\A[0-9]{1,4}(\.[0-9]{1,3})?\Z"), st.data())
def test_they_stay_in_their_bounds(text: str, data: st.DataObject) -> None:
    count = sum(character != "." for character in text)
    (number,) = numbers(text, measured(text, *[data.draw(shares) for _ in range(count)]))
    assert 0 <= number.probability <= 0.1**count * 1.0001
    limit = max(1.0, float(text))
    whole = len(text.partition(".")[0])
    assert 0 <= number.deviation(limit) <= 4.5 * 10 ** (whole - 1) * 1.006
