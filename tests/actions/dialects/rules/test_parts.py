"""What rules of dialects are made of: alternatives that share their parts, ranges, words, and how texts are written."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.dialects.rules.factor import common, factored, shared
from handeye.actions.dialects.rules.forms import PointPair
from handeye.actions.dialects.rules.free import openings, unlike, words
from handeye.actions.dialects.rules.numbers import Range, box, seconds, way
from handeye.actions.dialects.rules.spelling import Spelling, spelling
from handeye.actions.grammar import Character, Literal, Repeat, Rule, number
from tests.actions.rule_texts import matches, sample

_RULES: tuple[Rule, ...] = (number(0, 12), Character("xy"))
_ITEMS = st.lists(st.text("ab", max_size=3) | st.sampled_from(_RULES), max_size=4).map(tuple)


@given(st.lists(_ITEMS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_alternatives_that_share_their_parts_are_the_same_texts(
    alternatives: list[tuple[str | Rule, ...]], chance: Random
) -> None:
    rule = factored(alternatives)
    plain = [[Literal(item) if isinstance(item, str) else item for item in each] for each in alternatives]
    for each in plain:
        assert matches(rule, "".join(sample(item, chance) for item in each))
    for _ in range(5):
        text = sample(rule, chance)
        assert any(matches(factored([tuple(each)]), text) for each in plain), text


def test_what_alternatives_share_is_said_once() -> None:
    rule = factored([("click(", _RULES[0], ")"), ("double(", _RULES[0], ")"), ("wait()",)])
    assert str(rule).count(str(_RULES[0])) == 1
    assert factored([("abc",), ("abc",)]) == Literal("abc")


@given(st.lists(st.text("ab", max_size=6), min_size=1, max_size=5))
def test_what_texts_begin_and_end_with(texts: list[str]) -> None:
    before, middles, after = shared(texts)
    assert [before + middle + after for middle in middles] == list(dict.fromkeys(texts))
    assert before == common(texts)
    assert len(middles) == 1 or len({middle[:1] for middle in middles}) > 1


@pytest.mark.parametrize(
    ("pointed", "parts", "zero", "said", "unsaid"),
    [
        (False, False, True, ["0", "7", "60"], ["61", "7.0", "-1", ""]),
        (False, True, False, ["7", "7.5", "59.99", "0.05", "0.5", "60"], ["0", "0.0", "0.00", "60.5", "7."]),
        (True, True, False, ["7.0", "7.25", "60.0", "0.1"], ["7", "0.0", "60", "60.1"]),
        (True, False, True, ["0.0", "59.0", "60.0"], ["0", "0.5"]),
    ],
)
def test_seconds(*, pointed: bool, parts: bool, zero: bool, said: list[str], unsaid: list[str]) -> None:
    rule = seconds(60, pointed=pointed, parts=parts, zero=zero)
    assert [text for text in (*said, *unsaid) if matches(rule, text)] == said


@given(st.integers(1, 900), st.integers(1, 900), st.randoms(use_true_random=False))
def test_a_box_has_an_area_and_lies_in_the_image(width: int, height: int, chance: Random) -> None:
    rule = box(PointPair((",", ",", ","), "box"), Range(0, width - 1), Range(0, height - 1))
    left, top, right, bottom = map(int, sample(rule, chance).split(","))
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height
    assert matches(rule, f"0,0,{width},{height}")
    assert matches(rule, f"{width - 1},{height - 1},{width},{height}")


@given(st.integers(1, 900), st.integers(1, 900), st.sampled_from(["xy", "yx"]), st.randoms(use_true_random=False))
def test_the_points_of_a_way_are_apart(width: int, height: int, order: str, chance: Random) -> None:
    pair = PointPair((",", ";", ","), "way", "yx" if order == "yx" else "xy")
    rule = way(pair, Range(0, width - 1), Range(0, height - 1))
    if rule is None:
        assert max(width, height) < 4
        return
    first, second = (tuple(map(int, each.split(","))) for each in sample(rule, chance).split(";"))
    sides = (width, height) if order == "xy" else (height, width)
    assert all(0 <= number < side for point in (first, second) for number, side in zip(point, sides, strict=True))
    assert any(abs(one - other) > side // 20 for one, other, side in zip(first, second, sides, strict=True))


@given(st.text("noi NO x", max_size=4))
def test_what_begins_unlike_some_texts(text: str) -> None:
    rule = unlike(("no i", "x"), Repeat(Character()))
    assert matches(rule, text) == (text != "" and not text.lower().startswith(("no i", "x")))


def test_what_follows_such_a_beginning_is_said_once() -> None:
    """Otherwise the rule of a call would hold hundreds of copies of what a text may be."""
    rest = Repeat(Character(but="z"))
    rule = unlike(("think", "tool", "x"), rest, "z", (Literal("zz"),), (Literal("zz"),))
    assert repr(rule).count(repr(rest)) == 1
    assert [text for text in ("thizza", "t", "too", "zz", "tool", "thinks", "xa", "z") if matches(rule, text)] == [
        "thizza",
        "t",
        "too",
        "zz",
    ]


@pytest.mark.parametrize(
    ("after", "said", "unsaid"),
    [
        ("\n</think>", ["", "a {b}\n# c", "1 < 2, a<b", "<b>"], ["</THINK>", "a<think>", "<tool_call>", "</Answer>"]),
        ("\n<tool_call>", ["", "It is\n\nbelow."], ['{"name": 1}', "</thinking>"]),
        (
            "\nAction: ",
            ["", "It is\n\nbelow.", "Actual", "tho\nTo act: x"],
            ["Action: x", "a\nthought", "a\n# b", "```"],
        ),
    ],
)
def test_words_do_not_end_themselves(after: str, said: list[str], unsaid: list[str]) -> None:
    assert [text for text in (*said, *unsaid) if matches(words(after), text)] == said


def test_tags_are_known_in_any_case() -> None:
    assert {"<thi", "</THI", "<tHi"} < {*openings(["think"])}
    assert len(openings(["think", "thinking"])) == 16


def spelled(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("<think>", "\\u003cthink>")


def test_how_texts_are_written_is_seen_from_what_is_written() -> None:
    found = spelling(spelled)
    assert found == Spelling(
        (("'", "\\'"), ("\\", "\\\\"), ("\n", "\\n")), ("think",), "\\u003c", blank=True, nothing=True
    )
    assert not found.raw
    assert spelling(lambda text: f"({text})") == Spelling((), (), "", blank=True, nothing=True)
    assert spelling(lambda text: None) is None
    assert spelling(str.swapcase) is None


@given(st.text("<think>'\\\n ab", max_size=12), st.booleans())
def test_texts_are_told_from_what_is_not_written_so(text: str, empty: bool) -> None:
    found = spelling(spelled)
    assert found is not None
    rule = found.text(0 if empty else 1)
    if not any(opening in text and "<think>" not in text for opening in ("<thi", "</thi", "<<")):
        assert matches(rule, spelled(text)) == (text != "" or empty)
    assert not matches(rule, "a'b")
    assert not matches(rule, "<think>")
