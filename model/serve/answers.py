"""What the server sends, as OpenAI's API has it."""

from typing import Literal

from pydantic import BaseModel, JsonValue, SerializerFunctionWrapHandler, model_serializer

Finish = Literal["stop", "length", "tool_calls"]


class LikelyToken(BaseModel):
    """A token that was likely."""

    token: str
    logprob: float
    bytes: list[int]


class TokenLogprob(LikelyToken):
    """A token of a reply."""

    top_logprobs: list[LikelyToken]


class ChoiceLogprobs(BaseModel):
    """The tokens of a reply, or of a piece of it."""

    content: list[TokenLogprob]


class FunctionCall(BaseModel):
    """A function and its arguments, an object as JSON."""

    name: str
    arguments: str


class MessageToolCall(BaseModel):
    """A call."""

    id: str
    type: Literal["function"] = "function"
    function: FunctionCall


class DeltaToolCall(MessageToolCall):
    """A call in a stream."""

    index: int


class ReplyMessage(BaseModel):
    """A reply."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: None = None
    tool_calls: list[MessageToolCall] | None = None


class Delta(BaseModel):
    """A piece of a reply; what it does not say is left out."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    tool_calls: list[DeltaToolCall] | None = None

    @model_serializer(mode="wrap")
    def _said(self, write: SerializerFunctionWrapHandler) -> dict[str, JsonValue]:
        return {name: value for name, value in write(self).items() if value is not None}


class Choice(BaseModel):
    """The only reply."""

    index: Literal[0] = 0
    message: ReplyMessage
    logprobs: ChoiceLogprobs | None = None
    finish_reason: Finish


class ChunkChoice(BaseModel):
    """A piece of the only reply."""

    index: Literal[0] = 0
    delta: Delta
    logprobs: ChoiceLogprobs | None = None
    finish_reason: Finish | None = None


class PromptDetails(BaseModel):
    """Of which tokens a prompt consists."""

    cached_tokens: int


class Usage(BaseModel):
    """How many tokens were read and generated."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptDetails


class Completion(BaseModel):
    """A reply, and what it took."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Usage


class Chunk(BaseModel):
    """A piece of a stream."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: Usage | None = None


class ServedModel(BaseModel):
    """The model of the server."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["handeye"] = "handeye"
    max_model_len: int
    """The most tokens of a prompt and its reply; vLLM's name for it."""
    max_pixels: int
    """The greatest area at which the model sees an image."""


class ModelList(BaseModel):
    """All models of the server."""

    object: Literal["list"] = "list"
    data: list[ServedModel]


class ErrorDetails(BaseModel):
    """What is wrong."""

    message: str
    type: str
    param: str | None
    code: str | None


class Error(BaseModel):
    """Why there is no answer."""

    error: ErrorDetails
