"""A request for a reply, as OpenAI's API has it, with what vLLM adds to it.

Fields that this server does not know are refused, and so are values that it cannot act on: nothing is ignored that
would change the reply. Fields that only tell OpenAI something of the caller are taken and not used.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from handeye.model.serve.turns import AnyTurn, Strict

MOST_STOPS = 4
"""As OpenAI has it."""
LONGEST_STOP = 256
"""Characters."""
MOST_LIKELY = 20
"""Tokens beside each one of a reply whose probabilities are told, at most."""


class Function(Strict):
    """A function that the model may call; `parameters` is the JSON schema of its arguments."""

    name: str = Field(min_length=1, max_length=128, pattern=r"^[\w.-]+$")
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Strict):
    """A tool; there are only functions."""

    type: Literal["function"]
    function: Function


class FunctionName(Strict):
    """The name of a function."""

    name: str


class ToolChoice(Strict):
    """The function that the model has to call."""

    type: Literal["function"]
    function: FunctionName


class JsonSchema(Strict):
    """The schema of a reply."""

    name: str | None = None
    description: str | None = None
    schema_: dict[str, Any] = Field(alias="schema")
    strict: bool | None = None


class TextFormat(Strict):
    """Any text."""

    type: Literal["text"]


class JsonObjectFormat(Strict):
    """Any object in JSON."""

    type: Literal["json_object"]


class JsonSchemaFormat(Strict):
    """JSON that a schema describes."""

    type: Literal["json_schema"]
    json_schema: JsonSchema


Stop = Annotated[str, Field(min_length=1, max_length=LONGEST_STOP)]
ResponseFormat = Annotated[TextFormat | JsonObjectFormat | JsonSchemaFormat, Field(discriminator="type")]


class StreamOptions(Strict):
    """What a stream holds besides the reply."""

    include_usage: bool | None = None
    include_obfuscation: Literal[False] | None = None


class ChatRequest(Strict):
    """A conversation, and how it is to be answered."""

    model: str
    messages: list[AnyTurn] = Field(min_length=1)
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    frequency_penalty: float | None = Field(None, ge=-2, le=2)
    repetition_penalty: float | None = Field(None, gt=0, le=2)
    seed: int | None = Field(None, ge=-(2**63), lt=2**64)
    stop: Stop | list[Stop] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(None, ge=0, le=MOST_LIKELY)
    tools: list[Tool] | None = None
    tool_choice: Literal["none", "auto", "required"] | ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None
    continue_final_message: bool | None = None
    add_generation_prompt: bool | None = None

    n: int | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    top_k: int | None = None
    min_p: float | None = None

    user: str | None = None
    metadata: dict[str, str] | None = None
    store: bool | None = None
    service_tier: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None

    @field_validator("n")
    @classmethod
    def _one(cls, n: int | None) -> int | None:
        if n not in (None, 1):
            raise ValueError("there is one reply to a request: leave it out, and send several requests")
        return n

    @field_validator("presence_penalty", "logit_bias", "min_p")
    @classmethod
    def _nothing(cls, value: object) -> object:
        if value:
            raise ValueError("this server cannot do that: leave it out")
        return value

    @field_validator("top_k")
    @classmethod
    def _all(cls, top_k: int | None) -> int | None:
        if top_k not in (None, -1, 0):
            raise ValueError("this server cannot do that: leave it out, or use top_p")
        return top_k

    @field_validator("stop")
    @classmethod
    def _few(cls, stop: str | list[str] | None) -> str | list[str] | None:
        if isinstance(stop, list) and len(stop) > MOST_STOPS:
            raise ValueError(f"give at most {MOST_STOPS} texts")
        return stop

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        """Refuse fields that contradict each other."""
        if self.top_logprobs is not None and not self.logprobs:
            raise ValueError("top_logprobs needs logprobs: set it to true")
        if self.stream_options is not None and not self.stream:
            raise ValueError("stream_options is for streams: set stream to true, or leave it out")
        if self.tool_choice not in (None, "none", "auto") and not self.tools:
            raise ValueError("tool_choice needs tools: give them")
        if isinstance(self.tool_choice, ToolChoice) and self.tool_choice.function.name not in self.tool_names:
            raise ValueError("tool_choice names a function that is not among the tools: give one of them")
        if self.continue_final_message and (self.add_generation_prompt or self.messages[-1].role != "assistant"):
            raise ValueError(
                "continue_final_message goes on with the last message: let it be the assistant's, and set "
                "add_generation_prompt to false"
            )
        if self.continue_final_message and self.tool_choice not in (None, "none", "auto"):
            raise ValueError("continue_final_message and tool_choice both begin the reply: leave one out")
        if self.constrained and self.calls:
            raise ValueError("response_format leaves no place for calls: leave out tools, or set tool_choice to none")
        return self

    @property
    def tool_names(self) -> tuple[str, ...]:
        """The names of the functions."""
        return tuple(tool.function.name for tool in self.tools or ())

    @property
    def calls(self) -> bool:
        """Whether the model may call functions."""
        return bool(self.tools) and self.tool_choice != "none"

    @property
    def constrained(self) -> bool:
        """Whether the reply has to be JSON."""
        return isinstance(self.response_format, JsonObjectFormat | JsonSchemaFormat)

    @property
    def stops(self) -> tuple[str, ...]:
        """The texts that end the reply."""
        return (self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ())

    @property
    def usage_wanted(self) -> bool:
        """Whether a stream ends with the number of tokens."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)
