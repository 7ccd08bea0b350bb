"""The turns of a conversation, as OpenAI's API has them; videos as in vLLM's."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Something that a client sends: no unknown fields, no other types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Turn(BaseModel):
    """A turn of a conversation. Clients send back what they received, with fields that tell the model nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


class TextPart(Strict):
    """A text."""

    type: Literal["text"]
    text: str


class Address(Strict):
    """Where an image or a video is: a `data:` URL, or a `file:` URL inside the folder of the server."""

    url: str
    detail: Literal["auto", "low", "high"] | None = None
    """Makes no difference: an image is seen in the size that it has."""


class ImagePart(Strict):
    """An image."""

    type: Literal["image_url"]
    image_url: Address


class VideoPart(Strict):
    """A video, as vLLM has it."""

    type: Literal["video_url"]
    video_url: Address


Part = Annotated[TextPart | ImagePart | VideoPart, Field(discriminator="type")]
Content = str | list[Part]


class SystemTurn(Turn):
    """What the model is told beforehand."""

    role: Literal["system", "developer"]
    content: str | list[TextPart]


class UserTurn(Turn):
    """What the user says and shows."""

    role: Literal["user"]
    content: Content


class CalledFunction(Turn):
    """A function and its arguments, an object as JSON."""

    name: str
    arguments: str


class ToolCall(Turn):
    """A call of a function that the model has made."""

    id: str | None = None
    type: Literal["function"] = "function"
    function: CalledFunction


class AssistantTurn(Turn):
    """What the model has answered."""

    role: Literal["assistant"]
    content: str | list[TextPart] | None = None
    tool_calls: list[ToolCall] | None = None


class ToolTurn(Turn):
    """What a function returned."""

    role: Literal["tool"]
    content: Content
    tool_call_id: str | None = None


AnyTurn = Annotated[SystemTurn | UserTurn | AssistantTurn | ToolTurn, Field(discriminator="role")]
