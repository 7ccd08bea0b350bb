"""A model that says what it was told to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import pytest

from handeye.actions.geometry import Size
from handeye.agent.prompts.profile import Pixels
from handeye.model.messages import Message


@dataclass(frozen=True)
class Said:
    """An answer."""

    text: str
    prompt_tokens: int | None = 100
    cached_tokens: int = 40
    generated_tokens: int = 3
    finish: Literal["stop", "length"] = "stop"


@dataclass
class Speaker:
    """Stands in place of a model, and keeps what it was asked."""

    replies: list[str]
    name: str = "speaker"
    pixels: Pixels = field(default_factory=Pixels)
    origins: tuple[str, ...] = ()
    finish: Literal["stop", "length"] = "stop"
    prompt_tokens: int | None = 100
    asked: list[Sequence[Message]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)

    @property
    def pixel_limits(self) -> tuple[int, int]:
        return self.pixels.least, self.pixels.most

    def image_size(self, size: Size) -> Size:
        return self.pixels.resize(size)

    def seeing(self, min_pixels: int, max_pixels: int) -> Self:
        self.pixels = Pixels(min_pixels, max_pixels)
        return self

    def generate(self, messages: Sequence[Message], **options: Any) -> Said:
        self.asked.append(messages)
        self.options.append(options)
        return Said(self.replies.pop(0), self.prompt_tokens, finish=self.finish)


@pytest.fixture
def speaker() -> Callable[..., Speaker]:
    """Makes one, with its replies."""
    return lambda *replies, **fields: Speaker(list(replies), **fields)
