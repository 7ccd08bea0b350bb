"""Replies that have to be JSON."""

import json
import sys
from collections.abc import Callable
from typing import Any, Literal

import openai
import pydantic
import pytest

from tests.model.serve.serving import Served, user

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 8},
        "age": {"type": "integer", "minimum": 0, "maximum": 150},
        "likes": {"enum": ["tea", "coffee"]},
    },
    "required": ["name", "age", "likes"],
    "additionalProperties": False,
}


class Drinker(pydantic.BaseModel):
    """What that schema describes."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    name: str = pydantic.Field(max_length=8)
    age: int = pydantic.Field(ge=0, le=150)
    likes: Literal["tea", "coffee"]


class Person(pydantic.BaseModel):
    name: str = pydantic.Field(max_length=8)
    likes: list[str] = pydantic.Field(max_length=1)


@pytest.fixture
def schema(served: Served) -> Callable[..., Any]:
    """Ask for a reply that a schema describes."""
    pytest.importorskip("llguidance")

    def ask(schema: Any, **fields: Any) -> Any:
        form = {"type": "json_schema", "json_schema": {"name": "it", "schema": schema, "strict": True}}
        return served.post(response_format=form, **{"max_tokens": 200, **fields})

    return ask


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0},
        {"temperature": 1, "seed": 3, "top_p": 0.9},
        {"temperature": 0, "frequency_penalty": 2, "repetition_penalty": 1.3},
        {"temperature": 0, "logprobs": True, "top_logprobs": 2},
    ],
)
def test_a_reply_is_what_the_schema_describes(schema: Callable[..., Any], options: dict[str, Any]) -> None:
    """Even of a network with random weights, which would never write JSON by itself."""
    answer = schema(PERSON, **options)
    assert answer.status_code == 200, answer.text
    choice = answer.json()["choices"][0]
    assert Drinker.model_validate_json(choice["message"]["content"])
    assert choice["finish_reason"] == "stop"


def test_a_stream_of_it(schema: Callable[..., Any]) -> None:
    whole = schema(PERSON, temperature=0).json()["choices"][0]["message"]["content"]
    events = [line[6:] for line in schema(PERSON, temperature=0, stream=True).text.splitlines() if line]
    deltas = [json.loads(event)["choices"][0]["delta"].get("content", "") for event in events if event != "[DONE]"]
    assert "".join(deltas) == whole


def test_any_object(served: Served) -> None:
    pytest.importorskip("llguidance")
    answer = served.post(response_format={"type": "json_object"}, temperature=0, max_tokens=2)
    assert answer.json()["choices"][0]["message"]["content"].lstrip().startswith("{")


def test_any_text(served: Served) -> None:
    plain = served.post(temperature=0).json()["choices"]
    assert served.post(temperature=0, response_format={"type": "text"}).json()["choices"] == plain


def test_openais_client_reads_an_object(client: openai.OpenAI) -> None:
    pytest.importorskip("llguidance")
    turns: Any = [user("Who?")]
    reply = client.chat.completions.parse(model="small", messages=turns, response_format=Person, max_tokens=400, seed=6)
    assert isinstance(reply.choices[0].message.parsed, Person)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"type": "spaceship"}, "cannot be followed"),
        ({"$ref": "#/nowhere"}, "cannot be followed"),
        ({"type": "string", "pattern": "("}, "cannot be followed"),
        ("no schema", "valid dictionary"),
    ],
)
def test_a_schema_that_is_none(schema: Callable[..., Any], wrong: Any, said: str) -> None:
    answer = schema(wrong)
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]
    assert answer.json()["error"]["param"].startswith("response_format")


def test_without_the_package_it_is_named(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llguidance", None)
    answer = served.post(response_format={"type": "json_object"})
    assert answer.status_code == 400
    assert 'pip install "handeye[structured]"' in answer.json()["error"]["message"]


def test_it_leaves_no_place_for_calls(served: Served) -> None:
    tool = {"type": "function", "function": {"name": "click"}}
    answer = served.post(response_format={"type": "json_object"}, tools=[tool])
    assert (answer.status_code, "leave out tools" in answer.text) == (400, True)
