"""Language, and what a broken network writes."""

import pytest

from handeye.agent.examine.text import is_garbage, quoted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "!!!!!!!!!!!!",
        "!",
        "\ufffd\ufffd",
        "thethethethethethe",
        "0000000000",
        "no no no no no no no no",
        ". . .",
    ],
)
def test_garbage(text: str) -> None:
    assert is_garbage(text)


@pytest.mark.parametrize(
    "text",
    ["5", "Paris.", "蓝", "(444, 444)", "[111, 111, 222, 222]", "aaa", "I see a red square.", '{"x": 100, "y": 100}'],
)
def test_language(text: str) -> None:
    assert not is_garbage(text)


def test_a_quotation_is_short_and_on_one_line() -> None:
    assert quoted("one\ntwo") == "'one two'"
    assert len(quoted("word " * 100)) < 70
