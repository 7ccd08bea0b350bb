"""Conversations as JSON values, each image as its size and each video as its name: to compare and to print them."""

from collections.abc import Sequence

from PIL.Image import Image
from pydantic import JsonValue

from handeye.agent.caption import printable
from handeye.model.conversation.messages import Message
from handeye.model.video.source import Video


def plain(messages: Sequence[Message]) -> list[JsonValue]:
    """Return one object for each turn: `{"role": "user", "content": ["text", {"image": [width, height]}]}`.

    Texts that follow each other in a turn become one, as in the model's template.
    """
    return [{"role": message.role, "content": _content(message)} for message in messages]


def _content(message: Message) -> list[JsonValue]:
    content: list[JsonValue] = []
    for part in message.content:
        if isinstance(part, Video):
            content.append({"video": part.name})
        elif not isinstance(part, str):
            content.append({"image": [part.width, part.height]})
        elif content and isinstance(content[-1], str):
            content[-1] += part
        else:
            content.append(part)
    return content


def prompt_text(messages: Sequence[Message]) -> str:
    """Return a conversation as text, to read: each turn after its role, each image as its size."""
    turns = []
    for message in messages:
        parts = (part if isinstance(part, str) else image_note(part) for part in message.content)
        turns.append(f"{message.role}:\n" + "\n".join(parts))
    return "\n\n".join(turns)


def image_note(image: Image | Video) -> str:
    """Return what stands for an image or a video where a prompt is read."""
    if isinstance(image, Video):
        return f"[the video {printable(image.name)}]"
    return f"[an image of {image.width}x{image.height} pixels]"
