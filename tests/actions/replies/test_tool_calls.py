import json

import pytest

from handeye.actions.replies.tool_calls import NotACall, ToolCall, call_of, read_tool_calls, text_of

CLICK = {"action": "left_click", "coordinate": [1, 2]}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "computer_use", "arguments": CLICK},
        {"name": "computer_use", "parameters": CLICK},
        {"name": "computer_use", "arguments": json.dumps(CLICK)},
        {"name": "computer_use", "arguments": f"  {json.dumps(CLICK)} "},
        {"name": "computer_use", **CLICK},
        {"id": "1", "type": "function", "function": {"name": "computer_use", "arguments": json.dumps(CLICK)}},
    ],
)
def test_arguments_may_stand_in_any_of_these_places(value: dict[str, object]) -> None:
    assert call_of(value) == ToolCall("computer_use", CLICK)


def test_arguments_alone_are_a_call_without_a_name() -> None:
    assert call_of(CLICK) == ToolCall(None, CLICK)


@pytest.mark.parametrize("arguments", ["", "left_click", '{"action": ', [1], 3, True])
def test_other_arguments_are_not_a_call(arguments: object) -> None:
    with pytest.raises(NotACall, match="must be a JSON object"):
        call_of({"name": "computer_use", "arguments": arguments})


def test_a_name_is_a_text() -> None:
    with pytest.raises(NotACall, match="the name of a call"):
        call_of({"name": ["computer_use"], "arguments": CLICK})


def test_calls_are_found_among_prose_and_tags() -> None:
    text = f'I click.\n<tool_call>\n{json.dumps({"name": "x", "arguments": CLICK})}\n</tool_call> {{"note": 1}}'
    reply = read_tool_calls(text, (), "nothing")
    assert (reply.prose, len(reply.objects), reply.failure) == ("I click.", 1, None)
    assert read_tool_calls('{"name": "finish"}', ("finish",), "nothing").failure is None
    assert read_tool_calls('{"name": "finish"}', (), "nothing").failure == "nothing"
    assert read_tool_calls('{"name": ["finish"]}', ("finish",), "nothing").failure == "nothing"


def test_what_a_server_has_split_becomes_one_text() -> None:
    calls = [
        {"id": "a", "type": "function", "function": {"name": "computer_use", "arguments": json.dumps(CLICK)}},
        {"id": "b", "type": "function", "function": {"name": "computer_use", "arguments": {"action": "wait"}}},
    ]
    text = text_of("I click.", calls)
    assert text == (
        'I click.\n<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [1, 2]}}\n'
        '</tool_call>\n<tool_call>\n{"name": "computer_use", "arguments": {"action": "wait"}}\n</tool_call>'
    )
    assert [call_of(found).arguments for found in read_tool_calls(text, (), "").objects] == [CLICK, {"action": "wait"}]


@pytest.mark.parametrize("calls", [None, [], [3], "text", [{}], {"a": 1}])
def test_an_answer_without_calls_is_its_text(calls: object) -> None:
    assert text_of("I wait.", calls) == "I wait."
    assert text_of(None, calls) == ""


def test_broken_arguments_of_a_server_stay_in_the_text_for_the_reader_to_explain() -> None:
    text = text_of(None, [{"function": {"name": "computer_use", "arguments": '{"action": "left_cl'}}])
    assert "left_cl" in text
    with pytest.raises(NotACall):
        call_of(read_tool_calls(text, (), "").objects[0])
