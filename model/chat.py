"""The chat template of Qwen2.5-VL in Python.

Every turn is `<|im_start|>{role}`, a line break, its content, `<|im_end|>` and a line break. An image is written as
`<|vision_start|><|image_pad|><|vision_end|>` where it occurs in the content, a video with `<|video_pad|>`. A
conversation that does not start with a system turn gets the default one. Source: chat_template.json of the released
checkpoints.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from PIL.Image import Image

from handeye.model.messages import Message
from handeye.model.video.source import Video

DEFAULT_SYSTEM = "You are a helpful assistant."


class Control(StrEnum):
    """The control tokens of the template."""

    IM_START = "<|im_start|>"
    IM_END = "<|im_end|>"
    VISION_START = "<|vision_start|>"
    IMAGE_PAD = "<|image_pad|>"
    VIDEO_PAD = "<|video_pad|>"
    VISION_END = "<|vision_end|>"


Part = Control | str | Image | Video


def parts(messages: Sequence[Message], prefix: str = "") -> Iterator[Part]:
    """Yield a conversation's prompt, up to the answer of the assistant and its beginning, `prefix`.

    Each image or video is yielded in place of its pad token. Text comes in whole runs, from one control token to the
    next, because the tokenizer must encode each run as a whole.
    """
    if messages and messages[0].role != "system":
        yield from _turn(Message("system", (DEFAULT_SYSTEM,)))
    for message in messages:
        yield from _turn(message)
    yield Control.IM_START
    yield f"assistant\n{prefix}"


def text(messages: Sequence[Message]) -> str:
    """Return the prompt as the template's text, one pad token for each image or video."""
    return "".join(map(_written, parts(messages)))


def _written(part: Part) -> str:
    if isinstance(part, Video):
        return Control.VIDEO_PAD
    return part if isinstance(part, str) else Control.IMAGE_PAD


def _turn(message: Message) -> Iterator[Part]:
    yield Control.IM_START
    run = f"{message.role}\n"
    for part in message.content:
        if isinstance(part, str):
            run += part
            continue
        if run:
            yield run
        yield Control.VISION_START
        yield part
        yield Control.VISION_END
        run = ""
    if run:
        yield run
    yield Control.IM_END
    yield "\n"
