"""What a reply may be, as data."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.grammar import (
    Character,
    Choice,
    Literal,
    Repeat,
    Rule,
    Sequence,
    Without,
    choice,
    number,
    sequence,
)


def pattern(rule: Rule) -> str:
    """Return the regular expression of the texts that a rule describes."""
    match rule:
        case Literal(text):
            return re.escape(text)
        case Character(of, but):
            return f"[{re.escape(of)}]" if of else f"(?![{re.escape(but) or chr(0)}])[\t\n\x20-\x7e\xa0-\U0010ffff]"
        case Sequence(parts):
            return "".join(map(pattern, parts))
        case Choice(options):
            return f"(?:{'|'.join(map(pattern, options))})"
        case Repeat(inner, least, most):
            return f"(?:{pattern(inner)}){{{least},{'' if most is None else most}}}"
        case Without(texts):
            return f"(?:(?!{'|'.join(map(re.escape, texts))})[\t\n\x20-\x7e\xa0-\U0010ffff])*"


@given(st.integers(-3000, 3000), st.integers(0, 4000), st.integers(-9000, 9000))
def test_a_number_is_of_its_range_and_written_in_one_way(low: int, span: int, number_: int) -> None:
    expression = re.compile(pattern(number(low, low + span)))
    assert (expression.fullmatch(str(number_)) is not None) == (low <= number_ <= low + span)
    assert expression.fullmatch(f"0{number_}") is None
    assert expression.fullmatch("-0") is None


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 9), (0, 1919), (7, 1080), (999, 1000), (-100_000, 100_000)])
def test_the_ends_of_a_range_are_in_it(low: int, high: int) -> None:
    expression = re.compile(pattern(number(low, high)))
    assert [bool(expression.fullmatch(str(value))) for value in (low - 1, low, high, high + 1)] == [
        False,
        True,
        True,
        False,
    ]


def test_no_number_is_in_an_empty_range() -> None:
    with pytest.raises(ValueError, match="from 3 to 2"):
        number(3, 2)


def test_strings_stand_for_themselves() -> None:
    assert sequence("a", Character("bc")) == Sequence((Literal("a"), Character("bc")))
    assert choice(["yes", "no"]) == Choice((Literal("yes"), Literal("no")))
    assert hash(choice(["yes"])) == hash(choice(["yes"]))
