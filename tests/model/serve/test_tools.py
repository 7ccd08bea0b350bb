"""Functions: how the model is told of them, and how its calls arrive."""

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest

from handeye.actions.dialects.parts import functions
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.prompt import assemble
from handeye.model.serve.conversation import conversation
from handeye.model.serve.media import Media
from handeye.model.serve.schemas import ChatRequest
from handeye.model.serve.tools import told
from tests.model.serve.serving import Served, user

Say = Callable[..., None]
CLICK: Any = {
    "type": "function",
    "function": {
        "name": "click",
        "description": "Click a place.",
        "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
    },
}
CALL = '<tool_call>\n{"name": "click", "arguments": {"x": 3}}\n</tool_call>'


def ask(client: openai.OpenAI, messages: Any = None, **options: Any) -> Any:
    turns = messages or [user("Click OK")]
    return client.chat.completions.create(
        model="small", messages=turns, **{"tools": [CLICK], "max_tokens": 100, **options}
    )


def prompt_of(checkpoint: Checkpoint, **fields: Any) -> str:
    """Return the text of a prompt."""
    request = ChatRequest.model_validate({"model": "small", **fields})
    read = conversation(request, Media(None), checkpoint.template.system)
    parts = assemble(read.messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config, read.prefix)
    names = {checkpoint.tokenizer.id(name): name for name in ("<|im_start|>", "<|im_end|>")}
    return "".join(names.get(key) or checkpoint.tokenizer.bytes_of(key).decode("latin") for key in parts.keys)


def test_functions_are_told_as_the_dialects_do() -> None:
    tools = ChatRequest.model_validate({"model": "", "messages": [user("")], "tools": [CLICK]}).tools or []
    assert told(tools) == functions.tools([json.dumps(CLICK)])


def test_a_conversation_with_calls(checkpoint: Checkpoint) -> None:
    called = {"id": "1", "type": "function", "function": {"name": "click", "arguments": '{"x": 3}'}}
    turns = [
        user("Click OK"),
        {"role": "assistant", "content": None, "tool_calls": [called, called]},
        {"role": "tool", "tool_call_id": "1", "content": "clicked"},
        {"role": "tool", "tool_call_id": "1", "content": [{"type": "text", "text": "again"}]},
    ]
    written = prompt_of(checkpoint, messages=turns, tools=[CLICK])
    told_of = functions.tools([json.dumps(CLICK)])
    assert written == (
        f"<|im_start|>system\n{checkpoint.template.system}\n\n{told_of}<|im_end|>\n"
        "<|im_start|>user\nClick OK<|im_end|>\n"
        f"<|im_start|>assistant\n{CALL}\n{CALL}<|im_end|>\n"
        "<|im_start|>user\n<tool_response>\nclicked\n</tool_response>\n"
        "<tool_response>\nagain\n</tool_response><|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_functions_follow_a_system_turn(checkpoint: Checkpoint) -> None:
    turns = [{"role": "developer", "content": "Be brief."}, user("Hi")]
    written = prompt_of(checkpoint, messages=turns, tools=[CLICK])
    assert written.startswith("<|im_start|>system\nBe brief.\n\n# Tools\n\nYou may call")
    assert "# Tools" not in prompt_of(checkpoint, messages=turns, tools=[CLICK], tool_choice="none")


def test_a_call_arrives_apart_from_the_text(client: openai.OpenAI, say: Say) -> None:
    say(f"I click.\n{CALL}\n{CALL}")
    choice = ask(client).choices[0]
    assert (choice.message.content, choice.finish_reason) == ("I click.", "tool_calls")
    first, second = choice.message.tool_calls
    assert (first.function.name, json.loads(first.function.arguments)) == ("click", {"x": 3})
    assert first.id != second.id
    say(CALL)
    assert ask(client).choices[0].message.content is None


def test_a_call_arrives_in_a_stream(client: openai.OpenAI, say: Say) -> None:
    say(f"I click.\n{CALL}\n{CALL}")
    chunks = list(ask(client, stream=True))
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == "I click."
    calls = [call for delta in deltas for call in delta.tool_calls or ()]
    assert [(call.index, call.function.name, call.function.arguments) for call in calls] == [
        (0, "click", '{"x": 3}'),
        (1, "click", '{"x": 3}'),
    ]
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_without_functions_a_call_is_text(client: openai.OpenAI, say: Say) -> None:
    say(CALL)
    choice = ask(client, tools=openai.omit).choices[0]
    assert (choice.message.content, choice.message.tool_calls, choice.finish_reason) == (CALL, None, "stop")
    say(CALL)
    assert ask(client, tool_choice="none").choices[0].message.content == CALL


def test_a_call_that_is_cut_off_is_text(client: openai.OpenAI, say: Say) -> None:
    say(CALL)
    choice = ask(client, max_tokens=8).choices[0]
    assert choice.finish_reason == "length"
    assert choice.message.tool_calls is None
    assert CALL.startswith(choice.message.content)


def test_one_call_at_a_time(client: openai.OpenAI, served: Served, say: Say) -> None:
    say(f"{CALL}\n{CALL}", ends=False)
    choice = ask(client, parallel_tool_calls=False, max_tokens=1000).choices[0]
    assert len(choice.message.tool_calls) == 1
    assert choice.finish_reason == "tool_calls"
    served.settle()


def test_a_call_can_be_required(client: openai.OpenAI, say: Say) -> None:
    chosen: Any = {"type": "function", "function": {"name": "click"}}
    for choice, rest in (
        ("required", '{"name": "click", "arguments": {"x": 3}}\n</tool_call>'),
        (chosen, '{"x": 3}}\n</tool_call>'),
    ):
        say(rest)
        (call,) = ask(client, tool_choice=choice).choices[0].message.tool_calls
        assert (call.function.name, call.function.arguments) == ("click", '{"x": 3}')


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tool_choice": "required"}, "needs tools"),
        ({"tools": [CLICK], "tool_choice": {"type": "function", "function": {"name": "fly"}}}, "not among the tools"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools.0.function.name"),
        (
            {
                "messages": [
                    {"role": "assistant", "tool_calls": [{"function": {"name": "click", "arguments": "[3"}}]},
                    user(""),
                ]
            },
            "not an object in JSON",
        ),
    ],
)
def test_what_cannot_be_called_is_refused(served: Served, fields: dict[str, Any], said: str) -> None:
    answer = served.post(**fields)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
