from typing import Any

import pytest

from handeye.agent.servers.chunk import Chunk
from handeye.agent.servers.errors import BrokenReply
from handeye.agent.servers.reply import ReplyBuilder, ServerReply


def built(*deltas: dict[str, Any], prefix: str = "", finish: str | None = "stop") -> tuple[ServerReply, list[str]]:
    heard: list[str] = []
    builder = ReplyBuilder(prefix, heard.append)
    for delta in deltas:
        builder.add(Chunk.model_validate({"choices": [{"delta": delta}]}))
    builder.add(Chunk.model_validate({"choices": [{"delta": {}, "finish_reason": finish}]}))
    return builder.finished(done=True), heard


def call(index: int, name: str | None, arguments: Any) -> dict[str, Any]:
    return {"tool_calls": [{"index": index, "type": "function", "function": {"name": name, "arguments": arguments}}]}


def test_pieces_are_passed_on_as_they_arrive() -> None:
    reply, heard = built({"role": "assistant", "content": ""}, {"content": "Click"}, {"content": " OK"})
    assert reply == ServerReply("Click OK", None, 0, None, "stop")
    assert heard == ["Click", " OK"]


def test_calls_that_the_server_took_out_are_put_back() -> None:
    reply, heard = built(
        {"content": "I click."},
        call(0, "computer_use", '{"action": "left_'),
        call(0, None, 'click", "coordinate": [3, 4]}'),
        call(1, "computer_use", {"action": "wait", "time": 1}),
    )
    assert reply.text == (
        'I click.\n<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [3, 4]}}\n'
        '</tool_call>\n<tool_call>\n{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}\n</tool_call>'
    )
    assert "".join(heard) == reply.text


def test_calls_that_all_have_the_index_0_stay_apart() -> None:
    reply, _ = built(call(0, "a", "{}"), call(0, "b", "{}"))
    assert reply.text.count("<tool_call>") == 2


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thoughts_that_the_server_took_out_are_put_back(field: str) -> None:
    reply, heard = built({field: "The OK "}, {field: "button."}, {"content": "\nClick"})
    assert reply.text == "<think>The OK button.</think>\nClick" == "".join(heard)


def test_a_reply_of_thoughts_alone_is_closed() -> None:
    assert built({"reasoning_content": "hm"}, finish="length")[0] == ServerReply(
        "<think>hm</think>", None, 0, None, "length"
    )


@pytest.mark.parametrize(
    "pieces", [["[12,", " 3]"], ["[", "12", ", 3]"], ["Click at [12,", " 3]"], ["Click at ", "[12, 3]"]]
)
def test_a_prefix_comes_first_whether_the_server_repeats_it_or_not(pieces: list[str]) -> None:
    reply, heard = built(*({"content": each} for each in pieces), prefix="Click at ")
    assert reply.text == "Click at [12, 3]" == "".join(heard)
    assert heard[0] == "Click at "


def test_a_reply_that_is_shorter_than_its_prefix() -> None:
    assert built({"content": "Cl"}, prefix="Click")[0].text == "ClickCl"


@pytest.mark.parametrize("finish", ["abort", "error"])
def test_a_server_that_gave_up(finish: str) -> None:
    with pytest.raises(BrokenReply, match="gave up"):
        built({"content": "Cli"}, finish=finish)


def test_a_reply_that_ends_at_once_is_a_reply() -> None:
    """A model may end its turn with its first token: that is its mistake, not its server's."""
    assert built()[0].text == ""


def test_what_never_began_or_never_ended() -> None:
    with pytest.raises(BrokenReply, match="before it began"):
        ReplyBuilder().finished(done=True)
    builder = ReplyBuilder()
    builder.add(Chunk.model_validate({"choices": [{"delta": {"content": "Cli"}}]}))
    with pytest.raises(BrokenReply, match="cut off"):
        builder.finished(done=False)


def test_tokens_are_those_that_the_server_counts() -> None:
    builder = ReplyBuilder()
    builder.add(Chunk.model_validate({"choices": [{"message": {"content": "OK"}, "finish_reason": "stop"}]}))
    counted = {"prompt_tokens": 100, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 64}}
    builder.add(Chunk.model_validate({"usage": counted}))
    assert builder.finished(done=True) == ServerReply("OK", 100, 64, 3, "stop")


def test_what_servers_send_as_null_is_nothing() -> None:
    builder = ReplyBuilder()
    builder.add(Chunk.model_validate({"choices": None, "usage": {"prompt_tokens": 7, "completion_tokens": 2}}))
    builder.add(Chunk.model_validate({"choices": [{"delta": {"tool_calls": [{"index": None, "function": None}]}}]}))
    builder.add(Chunk.model_validate({"choices": [{"delta": {"content": "OK"}, "finish_reason": "stop"}]}))
    assert builder.finished(done=True) == ServerReply("OK", 7, 0, 2, "stop")


def test_a_text_in_parts() -> None:
    parts = [{"type": "text", "text": "Cli"}, {"type": "text", "text": "ck"}, {"type": "other"}, "!"]
    reply, heard = built({"content": parts}, {"content": []})
    assert reply.text == "Click!" == "".join(heard)


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["a \ud83d", "\ude00 b"], "a 😀 b"),
        (["\ud83d\ude00"], "😀"),
        (["a\ud800"], "a\ufffd"),
        (["\udc00b", "\ud800c"], "\ufffdb\ufffdc"),
    ],
)
def test_half_characters_become_whole_ones(pieces: list[str], text: str) -> None:
    reply, heard = built(*({"content": piece} for piece in pieces))
    assert reply.text == text == "".join(heard)
    assert reply.text.encode()
    assert built(*({"reasoning": piece} for piece in pieces))[0].text == f"<think>{text}</think>"


@pytest.mark.parametrize(
    "calls",
    [
        [{"function": {"name": "back", "arguments": {}}}, {"function": {"name": "back", "arguments": {}}}],
        [{"function": {"name": "back"}}, {"function": {"name": "home"}}],
        [{"function": {"name": "back", "arguments": "{}"}}, {"index": None, "function": {"name": "home"}}],
        [
            {"index": 0, "id": "a", "function": {"name": "back", "arguments": ""}},
            {"index": 0, "id": "b", "function": {"name": "back", "arguments": ""}},
        ],
    ],
)
def test_calls_without_arguments_all_count(calls: list[dict[str, Any]]) -> None:
    for deltas in ([{"tool_calls": calls}], [{"tool_calls": [each]} for each in calls]):
        reply, _ = built(*deltas)
        assert reply.text.count('"arguments": {}') == 2


def test_a_call_in_pieces_without_an_index_is_one() -> None:
    pieces = [{"function": {"name": "wait", "arguments": ""}}, {"function": {"arguments": '{"time"'}}]
    pieces.append({"function": {"name": None, "arguments": ": 1}"}})
    reply, _ = built(*({"tool_calls": [piece]} for piece in pieces))
    assert reply.text == '<tool_call>\n{"name": "wait", "arguments": {"time": 1}}\n</tool_call>'


@pytest.mark.parametrize(
    ("delta", "finish", "said"),
    [
        ({"refusal": "I cannot help with that."}, "stop", "I cannot help with that."),
        ({"content": [{"type": "refusal", "refusal": "I cannot."}]}, "stop", "I cannot."),
        ({"content": "Sure: "}, "content_filter", "content_filter"),
    ],
)
def test_a_refusal_is_kept(delta: dict[str, Any], finish: str, said: str) -> None:
    builder = ReplyBuilder()
    builder.add(Chunk.model_validate({"choices": [{"delta": delta, "finish_reason": finish}]}))
    assert builder.refusal == said
