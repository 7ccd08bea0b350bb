"""Calls are found however a reply is cut into pieces."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.model.serve.calls import Call, CallReader

CLICK = '<tool_call>\n{"name": "click", "arguments": {"x": 3, "label": "<tool"}}\n</tool_call>'
CALLED = Call("click", '{"x": 3, "label": "<tool"}')


def read(*pieces: str) -> list[str | Call]:
    """Return what is read, with texts that follow one another joined."""
    reader = CallReader()
    found = [part for piece in pieces for part in reader.push(piece)]
    found.append(reader.close())
    joined: list[str | Call] = []
    for part in found:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part:
            joined.append(part)
    return joined


@pytest.mark.parametrize(
    ("reply", "parts"),
    [
        ("Hello there.\n", ["Hello there.\n"]),
        (CLICK, [CALLED]),
        (f"I click.\n{CLICK}", ["I click.", CALLED]),
        (f"{CLICK}\n{CLICK}\n", [CALLED, CALLED]),
        (f"{CLICK} Done.", [CALLED, " Done."]),
        ("1 < 2, <tool_ and <tool_call", ["1 < 2, <tool_ and <tool_call"]),
        ("<tool_call>no JSON</tool_call>", ["<tool_call>no JSON</tool_call>"]),
        ('<tool_call>{"name": 3}</tool_call>', ['<tool_call>{"name": 3}</tool_call>']),
        (
            '<tool_call>{"name": "a", "arguments": "b"}</tool_call>',
            ['<tool_call>{"name": "a", "arguments": "b"}</tool_call>'],
        ),
        (f"<tool_call>[1]</tool_call>{CLICK}", ["<tool_call>[1]</tool_call>", CALLED]),
        ('<tool_call>{"name": "now"}</tool_call>', [Call("now", "{}")]),
        ('Wait <tool_call>\n{"name": "cut', ['Wait <tool_call>\n{"name": "cut']),
        ("", []),
    ],
)
def test_text_and_calls(reply: str, parts: list[str | Call]) -> None:
    assert read(reply) == parts
    assert read(*reply) == parts


@given(st.text(max_size=8), st.text(max_size=8), st.lists(st.integers(0, 120), max_size=6))
def test_it_does_not_matter_how_it_is_cut(before: str, after: str, cuts: list[int]) -> None:
    reply = f"{before}{CLICK}{after}"
    places = [0, *sorted(cuts), len(reply)]
    pieces = [reply[start:end] for start, end in pairwise(places)]
    assert read(*pieces) == read(reply)
    assert CALLED in read(reply)


def test_text_is_not_held_back() -> None:
    reader = CallReader()
    assert reader.push("I click") == ["I click"]
    assert reader.push(" the <b") == [" the <b"]
    assert reader.push(" <tool") == []
    assert reader.push("box>") == [" <toolbox>"]


def test_arguments_are_json_again() -> None:
    (call,) = read('<tool_call>{"name": "é", "arguments": {"a": [1.5, null, "ü"]}}</tool_call>')
    assert isinstance(call, Call)
    assert json.loads(call.arguments) == {"a": [1.5, None, "ü"]}
    assert "ü" in call.arguments


@pytest.mark.parametrize("arguments", ['{"x": NaN}', '{"x": -Infinity}', '{"x": "\\ud83d"}', '{"\\udc00": 1}'])
def test_what_cannot_be_sent_as_json_is_text(arguments: str) -> None:
    reader = CallReader()
    text = f'<tool_call>\n{{"name": "f", "arguments": {arguments}}}\n</tool_call>'
    assert "".join(map(str, reader.push(text))) + reader.close() == text
    assert reader.calls == 0
