"""How much of a text has arrived, by what the fields hold."""

import pytest

from handeye.environments.browser.arrival import Arrival, Field, arrival


def field(before: str, now: str | None, kind: str = "line", around: tuple[str, str] | None = None) -> Field:
    return Field(kind, before, around, now, unseen=False, bad=False, secret=False)


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
