"""A conversation with the model: turns of text and images, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL.Image import Image

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `content` holds text and images in prompt order."""

    role: Role
    content: tuple[str | Image, ...]

    def __post_init__(self) -> None:
        if isinstance(self.content, str | Image):
            kind = "a string" if isinstance(self.content, str) else "an image"
            raise TypeError(f"the content of a message is {kind}: give a tuple of texts and images, such as (text,)")
        for part in self.content:
            if not isinstance(part, str | Image):
                raise TypeError(
                    f"a message holds a {type(part).__name__}: give texts and PIL images (open_image reads a file)"
                )


def images(messages: Sequence[Message]) -> Iterator[Image]:
    """Yield the images of a conversation in prompt order."""
    for message in messages:
        for part in message.content:
            if not isinstance(part, str):
                yield part
