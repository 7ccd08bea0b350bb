"""The conversation of a request as the model reads it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PIL.Image import Image

from handeye.model.conversation.messages import Message
from handeye.model.serve.media import Media
from handeye.model.serve.schemas import ChatRequest, ToolChoice
from handeye.model.serve.tools import called, opening, returned, told
from handeye.model.serve.turns import (
    AnyTurn,
    AssistantTurn,
    Content,
    ImagePart,
    SystemTurn,
    TextPart,
    ToolTurn,
    UserTurn,
    VideoPart,
)
from handeye.model.video.source import Video

Shown = str | Image | Video


class Conversation(NamedTuple):
    """What is asked of the model."""

    messages: list[Message]
    prefix: str
    """How the reply begins."""
    told: bool
    """Whether the client knows the prefix already, so that it is not sent again."""


def conversation(request: ChatRequest, media: Media, default_system: str) -> Conversation:
    """Read the turns of a request.

    Functions are described in the system turn, as in Qwen2.5's template; what they returned is a turn of the user.
    default_system: what the template's system turn says where a request has none.

    Raises `Refused`, and what opening images and videos raises.
    """
    turns = list(request.messages)
    prefix, known = "", False
    last = turns[-1]
    if request.continue_final_message and isinstance(last, AssistantTurn):
        prefix, known = _answered(last), True
        turns.pop()
    elif request.tool_choice == "required":
        prefix = opening(None)
    elif isinstance(request.tool_choice, ToolChoice):
        prefix = opening(request.tool_choice.function.name)
    messages = list(_messages(turns, media))
    if request.calls:
        messages = _with_tools(messages, told(request.tools or ()), default_system)
    return Conversation(messages, prefix, known)


def _with_tools(messages: Sequence[Message], words: str, default_system: str) -> list[Message]:
    if messages and messages[0].role == "system":
        return [Message("system", (*messages[0].content, f"\n\n{words}")), *messages[1:]]
    return [Message("system", (f"{default_system}\n\n{words}",)), *messages]


def _messages(turns: Sequence[AnyTurn], media: Media) -> Iterator[Message]:
    results: list[Shown] = []
    for turn in turns:
        if isinstance(turn, ToolTurn):
            results += [*(["\n"] if results else []), *_returned(turn, media)]
            continue
        if results:
            yield Message("user", tuple(results))
            results = []
        match turn:
            case SystemTurn():
                yield Message("system", tuple(_shown(turn.content, media)))
            case UserTurn():
                yield Message("user", tuple(_shown(turn.content, media)))
            case AssistantTurn():
                yield Message("assistant", (_answered(turn),))
    if results:
        yield Message("user", tuple(results))


def _answered(turn: AssistantTurn) -> str:
    content = turn.content or ""
    text = content if isinstance(content, str) else "".join(part.text for part in content)
    calls = called(turn.tool_calls or ())
    return f"{text}\n{calls}" if text and calls else text or calls


def _returned(turn: ToolTurn, media: Media) -> Iterator[Shown]:
    before, after = returned("\0").split("\0")
    yield before
    yield from _shown(turn.content, media)
    yield after


def _shown(content: Content | Sequence[TextPart], media: Media) -> Iterator[Shown]:
    if isinstance(content, str):
        yield content
        return
    for part in content:
        match part:
            case TextPart():
                yield part.text
            case ImagePart():
                yield media.image(part.image_url.url)
            case VideoPart():
                yield media.video(part.video_url.url)
