"""A backend that says what a test wrote, one reply after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from handeye.actions.geometry import Size
from handeye.model.conversation.messages import Message


@dataclass(frozen=True)
class Said:
    """A reply."""

    text: str
    finish: Literal["stop", "length"] = "stop"
    prompt_tokens: int | None = None
    cached_tokens: int = 0
    generated_tokens: int | None = None


@dataclass
class Saying:
    """Sees images at half their size, says its replies in turn, and keeps what it was asked."""

    replies: list[Said | str]
    asked: list[Sequence[Message]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    name: str = "Qwen/Qwen2.5-VL-7B-Instruct"
    origins: tuple[str, ...] = ()
    pixel_limits: tuple[int, int] = (1, 10**9)

    def image_size(self, size: Size) -> Size:
        return Size(max(1, size.width // 2), max(1, size.height // 2))

    def seeing(self, min_pixels: int, max_pixels: int, /) -> Self:
        return self

    def generate(self, messages: Sequence[Message], **options: Any) -> Said:
        self.asked.append(messages)
        self.options.append(options)
        reply = self.replies[len(self.asked) - 1]
        return Said(reply) if isinstance(reply, str) else reply
