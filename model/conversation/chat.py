"""The chat templates in Python: Qwen2.5-VL's, and Kimi-VL's, which OpenCUA has.

In Qwen2.5-VL's, every turn is `<|im_start|>{role}`, a line break, its content, `<|im_end|>` and a line break. Where an
image occurs in the content, it is written as `<|vision_start|><|image_pad|><|vision_end|>`, a video with
`<|video_pad|>`. In Kimi-VL's, a turn is `<|im_user|>user<|im_middle|>`, with a token for each role, its content, and
`<|im_end|>`; an image is `<|media_begin|>image<|media_content|><|media_placeholder|><|media_end|>`. In both, a
conversation that does not start with a system turn gets a default one.

Sources: chat_template.json of the released checkpoints; the templates of Kimi-VL and OpenCUA.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from PIL.Image import Image

from handeye.model.conversation.messages import Message, Role
from handeye.model.video.source import Video

DEFAULT_SYSTEM = "You are a helpful assistant."


class Control(StrEnum):
    """The control tokens of the templates."""

    IM_START = "<|im_start|>"
    IM_END = "<|im_end|>"
    VISION_START = "<|vision_start|>"
    IMAGE_PAD = "<|image_pad|>"
    VIDEO_PAD = "<|video_pad|>"
    VISION_END = "<|vision_end|>"
    IM_SYSTEM = "<|im_system|>"
    IM_USER = "<|im_user|>"
    IM_ASSISTANT = "<|im_assistant|>"
    IM_MIDDLE = "<|im_middle|>"
    MEDIA_BEGIN = "<|media_begin|>"
    MEDIA_CONTENT = "<|media_content|>"
    MEDIA_PLACEHOLDER = "<|media_placeholder|>"
    MEDIA_END = "<|media_end|>"


Part = Control | str | Image | Video


@dataclass(frozen=True, slots=True)
class Template:
    """How a conversation is written."""

    system: str
    """What a conversation without a system turn begins with."""
    opens: Mapping[Role, Control]
    """The token before a role's name."""
    named: Control | str
    """What follows the role's name."""
    between: str
    """What follows `<|im_end|>`."""
    before: tuple[Control | str, ...]
    """What precedes an image or a video."""
    pad: Control
    """What stands for an image."""
    after: Control
    """What follows an image or a video."""
    ends: tuple[str, ...]
    """The tokens that end a reply where generation_config.json does not say it."""

    def parts(self, messages: Sequence[Message], prefix: str = "") -> Iterator[Part]:
        """Yield a conversation's prompt, up to the answer of the assistant and its beginning, `prefix`.

        Each image or video is yielded in place of its pad token. Text comes in whole runs, from one control token to
        the next, because the tokenizer must encode each run as a whole.
        """
        yield from _runs(self._pieces(messages, prefix))

    def text(self, messages: Sequence[Message]) -> str:
        """Return the prompt as the template's text, one pad token for each image or video."""
        return "".join(map(self._written, self.parts(messages)))

    def _written(self, part: Part) -> str:
        if isinstance(part, Video):
            return Control.VIDEO_PAD
        return part if isinstance(part, str) else self.pad

    def _pieces(self, messages: Sequence[Message], prefix: str) -> Iterator[Part]:
        if messages and messages[0].role != "system":
            yield from self._turn(Message("system", (self.system,)))
        for message in messages:
            yield from self._turn(message)
        yield from (self.opens["assistant"], "assistant", self.named, prefix)

    def _turn(self, message: Message) -> Iterator[Part]:
        yield from (self.opens[message.role], message.role, self.named)
        for part in message.content:
            if isinstance(part, str):
                yield part
            else:
                yield from (*self.before, part, self.after)
        yield from (Control.IM_END, self.between)


def _runs(pieces: Iterator[Part]) -> Iterator[Part]:
    """Join texts that follow one another."""
    run = ""
    for piece in pieces:
        if isinstance(piece, str) and not isinstance(piece, Control):
            run += piece
            continue
        if run:
            yield run
        run = ""
        yield piece
    if run:
        yield run


QWEN = Template(
    system=DEFAULT_SYSTEM,
    opens={"system": Control.IM_START, "user": Control.IM_START, "assistant": Control.IM_START},
    named="\n",
    between="\n",
    before=(Control.VISION_START,),
    pad=Control.IMAGE_PAD,
    after=Control.VISION_END,
    ends=(Control.IM_END, "<|endoftext|>"),
)
"""Qwen2.5-VL's."""
KIMI = Template(
    system="You are a helpful assistant",
    opens={"system": Control.IM_SYSTEM, "user": Control.IM_USER, "assistant": Control.IM_ASSISTANT},
    named=Control.IM_MIDDLE,
    between="",
    before=(Control.MEDIA_BEGIN, "image", Control.MEDIA_CONTENT),
    pad=Control.MEDIA_PLACEHOLDER,
    after=Control.MEDIA_END,
    ends=(Control.IM_END, "[EOS]"),
)
"""Kimi-VL's, as OpenCUA has it."""
KIMI_QWEN = replace(KIMI, before=QWEN.before, pad=QWEN.pad, after=QWEN.after)
"""That of Salesforce's GTA1: OpenCUA's turns, in which its makers put Qwen's tokens around an image."""
