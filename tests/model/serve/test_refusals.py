"""What is refused: with which status, and what it says."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.limits import Limits
from tests.model.serve.serving import Served, serving, user

Say = Callable[..., None]


@pytest.mark.parametrize(
    ("fields", "param", "said"),
    [
        ({"temperature": "hot"}, "temperature", "valid number"),
        ({"temperature": -1}, "temperature", "greater than or equal to 0"),
        ({"top_p": 0}, "top_p", "greater than 0"),
        ({"max_tokens": 0}, "max_tokens", "greater than or equal to 1"),
        ({"max_tokens": True}, "max_tokens", "valid integer"),
        ({"n": 2}, "n", "one reply"),
        ({"seed": 2**64}, "seed", "less than"),
        ({"stop": [""]}, "stop.list[constrained-str].0", "at least 1 character"),
        ({"stop": ["a"] * 5}, "stop", "at most 4"),
        ({"stop": "a" * 257}, "stop", "at most 256 characters"),
        ({"stop": ["b", "a" * 257]}, "stop", "at most 256 characters"),
        ({"messages": []}, "messages", "at least 1 item"),
        ({"messages": [{"role": "king", "content": "a"}]}, "messages.0", "'king'"),
        ({"messages": [user(3)]}, "messages.0.user.content.str", "valid string"),
        ({"messages": [user([{"type": "text"}])]}, "messages.0.user.content.list", "Field required"),
        ({"messages": [user([{"type": "input_audio"}])]}, "messages.0.user.content.list", "'input_audio'"),
        ({"top_logprobs": 2}, None, "needs logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs", "20"),
        ({"presence_penalty": 0.5}, "presence_penalty", "cannot do that"),
        ({"logit_bias": {"7": 1}}, "logit_bias", "cannot do that"),
        ({"top_k": 5}, "top_k", "use top_p"),
        ({"stream_options": {"include_usage": True}}, None, "set stream to true"),
        ({"continue_final_message": True}, None, "goes on with the last message"),
        ({"magic": 1}, "magic", "no such field"),
    ],
)
def test_wrong_fields(served: Served, fields: dict[str, Any], param: str | None, said: str) -> None:
    answer = served.post(**fields)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert said in error["message"]
    assert (error["param"] or "").startswith(param or "")
    assert error["type"] == "invalid_request_error"
    assert "\n" not in error["message"]


def test_fields_that_change_nothing_are_taken(served: Served) -> None:
    fields = {"n": 1, "top_k": -1, "min_p": 0, "presence_penalty": 0, "logit_bias": {}, "stop": None, "user": "me"}
    answer = served.post(**fields, store=False, metadata={"a": "b"}, seed=None, tools=None)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"3", b'"x"', b"[" * 100_000, b'{"model": "\xff"}', b'{"seed": 1e999}']
)
def test_a_body_that_is_no_request(served: Served, body: bytes) -> None:
    kind = {"Content-Type": "application/json"}
    answer = httpx2.post(f"{served.url}/chat/completions", content=body, headers=kind, trust_env=False)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b'{"a" 1}', "application/json", "the body is not JSON: Expecting ':' delimiter at character 6"),
        (b"[1]", "application/json", "the body is not a JSON object: send one, and the header Content-Type: "),
        (b"", "application/json", "the body is not a JSON object: send one, and the header Content-Type: "),
        (b'{"a": 1}', "application/x-www-form-urlencoded", "the body is not a JSON object: send one, and the header"),
    ],
)
def test_what_is_no_request_is_told_so(served: Served, body: bytes, kind: str, said: str) -> None:
    """As by `curl -d`, which says that it sends a form."""
    answer = httpx2.post(
        f"{served.url}/chat/completions", content=body, headers={"Content-Type": kind}, trust_env=False
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (400, None)
    assert error["message"].startswith(said)


def test_half_a_character_harms_nobody(served: Served) -> None:
    kind = {"Content-Type": "application/json"}
    for fields, status in (({"messages": [user("\ud800")]}, 200), ({"\ud800": 1}, 400), ({"model": "\ud800"}, 404)):
        body = json.dumps({"model": "small", "messages": [user("Hi")], "max_tokens": 1, **fields}).encode()
        answer = httpx2.post(f"{served.url}/chat/completions", content=body, headers=kind, trust_env=False)
        assert answer.status_code == status, answer.text


def test_another_model(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="'gpt-9' does not exist: this server has 'small'"):
        client.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": "Hi"}])


def test_no_such_path(served: Served) -> None:
    answer = httpx2.get(f"{served.url}/embeddings", trust_env=False)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Not Found")
    assert httpx2.get(f"{served.url}/chat/completions", trust_env=False).status_code == 405


def test_a_prompt_beyond_the_context(served: Served, client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="reads at most 32,768") as refusal:
        client.chat.completions.create(model="small", messages=[{"role": "user", "content": "1 " * 20_000}])
    assert refusal.value.code == "context_length_exceeded"
    assert served.service.idle


def test_a_prompt_beyond_the_slots(named: Checkpoint) -> None:
    with serving(named, limits=Limits(tokens=64)) as served:
        assert served.service.context == 64
        answer = served.post(messages=[user("1 " * 40)])
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "context_length_exceeded")
        answer = served.post(max_tokens=1000)
        assert answer.json()["usage"]["total_tokens"] <= 64
