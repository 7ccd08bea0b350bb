"""How much of a text has arrived, by what the fields hold."""

import pytest

from handeye.environments.browser.arrival import Arrival, Field, arrival, holds_lines


def field(
    before: str,
    now: str | None,
    kind: str = "line",
    around: tuple[str, str] | None = None,
    taken: tuple[str, ...] = (),
    number: bool = False,
) -> Field:
    return Field(kind, before, around, now, taken, unseen=False, number=number, bad=False, secret=False)


@pytest.mark.parametrize(
    ("before", "now", "text", "expected"),
    [
        ("", "word", "word", Arrival("word", complete=True, exact=True)),
        ("aa", "aaa", "a", Arrival("a", complete=True, exact=True)),
        ("one three", "one two three", "two ", Arrival("two ", complete=True, exact=True)),
        ("", "wor", "word", Arrival("wor", complete=False, exact=False)),
        ("word", "word", "word", Arrival("", complete=False, exact=False)),
        ("", "12 34", "12-34", Arrival("1234", complete=True, exact=False)),
        ("", "STRASSE I", "straße \u0131", Arrival("straße \u0131", complete=True, exact=False)),
        ("", "124", "12x4", Arrival("124", complete=False, exact=False)),
        ("", None, "word", Arrival("word", complete=True, exact=True)),
    ],
)
def test_a_field_is_compared_with_the_text(before: str, now: str | None, text: str, expected: Arrival) -> None:
    assert arrival([field(before, now, around=("", "") if before == "" else None)], text) == expected


def test_a_text_may_be_in_several_fields() -> None:
    assert arrival([field("", "1"), field("", "2"), field("x", "3")], "123").exact
    assert arrival([field("", "1"), field("", ""), field("", "3")], "123").text == "13"


def test_a_date_is_there_or_not() -> None:
    assert arrival([field("", "2024-12-31", "date")], "12/31/2024").exact
    assert not arrival([field("", "", "date")], "12/31").complete
    assert arrival([field("2031-05-17", "2031-05-17", "date")], "05172031").exact  # the same again
    assert not arrival([field("2031-05-17", "2031-05-17", "date")], "1").complete


@pytest.mark.parametrize(
    ("now", "taken", "text", "complete"),
    [
        ("", ("ann", "bob"), "ann;bob;", True),
        ("cy", ("ann", "bob"), "ann, bob, cy", True),
        ("", ("4821",), "48216", True),  # gone with the last character
        ("lo", ("he",), "hello", False),  # a page that is drawn anew while it is typed into
        ("", ("ann",), "bob", False),
    ],
)
def test_a_page_may_take_a_text_out_of_the_field(now: str, taken: tuple[str, ...], text: str, complete: bool) -> None:
    found = arrival([field("", now, around=("", ""), taken=taken)], text)
    assert (found.complete, found.exact) == (complete, False)
    assert not complete or found.text == text


@pytest.mark.parametrize(
    ("now", "text", "arrived"),
    [("7250", "7,250", "7,250"), ("725", "7,25", "7"), ("725", "72.5", "72"), ("9", "-9", ""), ("8", "+8", "+8")],
)
def test_a_number_without_one_of_its_signs_is_another(now: str, text: str, arrived: str) -> None:
    found = arrival([field("", now, number=True)], text)
    assert (found.text, found.complete) == (arrived, arrived == text)


@pytest.mark.parametrize(
    ("kind", "before", "now", "held"),
    [
        ("area", "", "if x:\n    y\nz", True),
        ("area", "", "if x:\n    y\n    z", False),
        ("area", "", "", True),  # sent, as in a chat
        ("rich", "", "if x:\n\n    y\n\nz\n", True),
        ("rich", "", "if x:\n    y\n    z", False),
        ("rich", "old", "old if x:\n    y\n    z", True),
    ],
)
def test_lines_are_compared_with_their_indentation(kind: str, before: str, now: str, held: bool) -> None:
    around = ("", "") if kind == "area" else None
    begin, end = field(before, before, kind, around), field("", now, kind)
    assert holds_lines([begin], [end], "if x:\n    y\nz") == held
