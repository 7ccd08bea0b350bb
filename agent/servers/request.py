"""The body of a request: a conversation as JSON, its images as PNG files of exactly the size that the model is to see.

A server resizes an image that is not on the model's grid, or is beyond its limits, with a filter of its own. So images
are resized here, with the filter that the weights were trained with, and leave nothing to do.

A server reads `<|im_end|>` in a text as the token that ends a turn, and fails over `<|image_pad|>`. A page may have
either in its title. So control tokens are sent with spaces in them.
"""

import base64
import io
import os
import re
from collections.abc import Callable, Sequence

from PIL.Image import Image
from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.model.conversation.messages import Message
from handeye.model.images.image import to_rgb
from handeye.model.images.resize import resize
from handeye.model.video.source import Video

_FAST = 1
"""zlib's level: screenshots become a third larger than at its default, in a third of the time."""

_CONTROL = re.compile(r"<\|(?!(?:box|quad|object_ref)_(?:start|end)\|>)([\w-]{1,40})\|>")
"""Control tokens in the form that Qwen's and many others' have. Those around places control nothing."""


def conversation(messages: Sequence[Message], size: Callable[[Size], Size]) -> list[JsonValue]:
    """Return a conversation in OpenAI's form; `size` returns the size at which an image of a size is sent.

    Raises `InvalidImage`.
    """
    return [{"role": message.role, "content": _content(message, size)} for message in messages]


def _content(message: Message, size: Callable[[Size], Size]) -> JsonValue:
    parts: list[JsonValue] = []
    text = ""
    for part in message.content:
        if isinstance(part, str):
            text += part
            continue
        if isinstance(part, Video):
            raise TypeError(f"a server is not shown videos: give frames of {part.name} as images")
        if text:
            parts.append({"type": "text", "text": _harmless(text)})
            text = ""
        parts.append({"type": "image_url", "image_url": {"url": data_url(part, size(Size(*part.size)))}})
    if not parts:
        return _harmless(text)  # some templates take nothing else for a turn without images
    return [*parts, {"type": "text", "text": _harmless(text)}] if text else parts


def _harmless(text: str) -> str:
    return _CONTROL.sub(r"<| \1 |>", text)


def data_url(image: Image, size: Size) -> str:
    """Return an image of a size as the address of a PNG that holds it. Raises `InvalidImage`."""
    resized = resize(to_rgb(image), size, os.cpu_count() or 1)
    file = io.BytesIO()
    resized.save(file, "PNG", compress_level=_FAST, icc_profile=None)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
