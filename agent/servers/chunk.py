"""What a server sends of a reply: one object, or a stream of them; of their fields, those that are read.

Servers send null for what they leave out, so every field may be.
"""

import json
from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, PlainValidator


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("it is not a text")
    return value


def _object(value: object) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")
    return value


Text: TypeAlias = Annotated[str, PlainValidator(_text)]
"""A text that may hold half a character, which pydantic's own does not: a stream may break one in two."""
Object: TypeAlias = Annotated[dict[str, JsonValue], PlainValidator(_object)]


class Received(BaseModel):
    """Anything that a server sends; fields that are not known are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CalledFunction(Received):
    """A function and its arguments, or a piece of them."""

    name: Text | None = None
    arguments: Text | Object | None = None


class CallPiece(Received):
    """A tool call that the server took out of the text, or a piece of it."""

    index: int | None = None
    id: str | None = None
    function: CalledFunction | None = None


class ContentPart(Received):
    """A part of a content that is a list."""

    text: Text | None = None
    refusal: Text | None = None


def _parts(value: object) -> object:
    return [{"text": value}] if isinstance(value, str) else value


class Delta(Received):
    """A piece of a reply."""

    content: Annotated[tuple[ContentPart | Text, ...] | None, BeforeValidator(_parts)] = None
    reasoning_content: Text | None = None
    reasoning: Text | None = None
    tool_calls: tuple[CallPiece, ...] | None = None
    refusal: Text | None = None

    @property
    def text(self) -> str:
        """What it adds to the text."""
        parts = self.content or ()
        return "".join(part if isinstance(part, str) else part.text or "" for part in parts)

    @property
    def refused(self) -> str:
        """What it adds to the reason of a refusal."""
        parts = self.content or ()
        return (self.refusal or "") + "".join(part.refusal or "" for part in parts if not isinstance(part, str))


class Choice(Received):
    """A piece of a stream (`delta`), or a whole reply (`message`)."""

    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None


class PromptDetails(Received):
    """Of which tokens a prompt consists."""

    cached_tokens: int | None = None


class Usage(Received):
    """How many tokens were read and generated."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None


class Chunk(Received):
    """One object."""

    object: Text | None = None
    choices: tuple[Choice, ...] | None = None
    usage: Usage | None = None
    error: JsonValue = None

    @classmethod
    def read(cls, data: str) -> Self:
        """Return the object in a JSON text. Raises `ValueError` if there is none, and `RecursionError`."""
        return cls.model_validate(json.loads(data))

    @property
    def failed(self) -> bool:
        """Whether it says that something went wrong."""
        return bool(self.error) or (self.object == "error" and not self.choices)


class ListedModel(Received):
    """A model that a server has."""

    id: str
    owned_by: str | None = None
    max_pixels: object = None
    """The greatest area at which it sees an image, a whole number: handeye's own server says so."""


class ModelList(Received):
    """All of them."""

    data: tuple[ListedModel, ...]
