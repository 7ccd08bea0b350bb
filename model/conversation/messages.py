"""A conversation with the model: turns of text, images and videos, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from PIL.Image import Image

from handeye.model.video.source import Video

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `content` holds text, images and videos in prompt order."""

    role: Role
    content: tuple[str | Image | Video, ...]

    def __post_init__(self) -> None:
        if isinstance(self.content, str | Image | Video):
            kind = "a string" if isinstance(self.content, str) else "an image"
            kind = "a video" if isinstance(self.content, Video) else kind
            raise TypeError(f"the content of a message is {kind}: give a tuple of texts and images, such as (text,)")
        for part in self.content:
            if not isinstance(part, str | Image | Video):
                raise TypeError(
                    f"a message holds a {type(part).__name__}: give texts, PIL images (open_image reads a file), and "
                    "videos (open_video)"
                )


def images(messages: Sequence[Message]) -> Iterator[Image]:
    """Yield the images of a conversation in prompt order."""
    for message in messages:
        for part in message.content:
            if isinstance(part, Image):
                yield part
