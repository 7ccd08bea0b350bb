import re

import pytest

from handeye.actions.replies.sections import hidden, joined, labelled, tagged

TAGS = ("think", "action", "conclusion")


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("<think>a</think><action>b</action>", [("think", "a"), ("action", "b")]),
        ("a</think>\n<action>b", [("think", "a"), ("action", "b")]),
        ("<think>a<action>b</action>", [("think", "a"), ("action", "b")]),
        ("<think>a <action>x</action></think> d", [("think", "a <action>x</action>"), ("", "d")]),
        ("<THINK>a</THINK>", [("think", "a")]),
        ("<action>a</action>b</think>c", [("action", "a"), ("", "b"), ("", "c")]),
        ("<action></action>", [("action", "")]),
        ("plain", [("", "plain")]),
        ("", [("", "")]),
        ("<b>bold</b>", [("", "<b>bold</b>")]),
    ],
)
def test_tags(text: str, sections: list[tuple[str, str]]) -> None:
    assert tagged(text, TAGS) == sections


def test_labels() -> None:
    label = re.compile(r"(?:^|(?<=\n))(?P<name>Thought|Action):")
    assert labelled("x\nThought: a\nAction: b\nAction: c", label) == [
        ("", "x"),
        ("thought", "a"),
        ("action", "b"),
        ("action", "c"),
    ]
    assert labelled("say Thought: a", label) == [("", "say Thought: a")]
    assert joined(labelled("Thought: a\nAction: b\nThought: c", label), "thought") == "a\nc"


def test_tags_within_a_call_are_hidden() -> None:
    source = hidden("Type(content='</action> <b> <think>')", TAGS)
    assert source == "Type(content='\\u003c/action> <b> \\u003cthink>')"
    assert tagged(f"<action>{source}</action>", TAGS) == [("action", source)]
