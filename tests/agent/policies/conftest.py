"""A model that says what it was told to say."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import pytest

from handeye.actions.geometry import Size
from handeye.agent.prompts.profile import Pixels
from handeye.model.conversation.digits import Digit
from handeye.model.conversation.messages import Message


@dataclass(frozen=True)
class Said:
    """An answer."""

    text: str
    prompt_tokens: int | None = 100
    cached_tokens: int = 40
    generated_tokens: int = 3
    finish: Literal["stop", "length"] = "stop"


@dataclass(frozen=True)
class Measured(Said):
    """An answer with the probabilities of its digits."""

    digits: Sequence[Digit] = ()


@dataclass
class Speaker:
    """Stands in place of a model, and keeps what it was asked."""

    replies: list[str]
    name: str = "speaker"
    pixels: Pixels = field(default_factory=Pixels)
    origins: tuple[str, ...] = ()
    finish: Literal["stop", "length"] = "stop"
    prompt_tokens: int | None = 100
    measure: Callable[[str], Sequence[Digit]] | None = None
    """Returns the digits of its answers; None as behind a server, which does not tell them."""
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
        text = self.replies.pop(0)
        if self.measure is None:
            return Said(text, self.prompt_tokens, finish=self.finish)
        return Measured(text, self.prompt_tokens, finish=self.finish, digits=self.measure(text))


@pytest.fixture
def speaker() -> Callable[..., Speaker]:
    """Makes one, with its replies."""
    return lambda *replies, **fields: Speaker(list(replies), **fields)
