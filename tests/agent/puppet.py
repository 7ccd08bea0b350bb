"""A real model that reads every prompt, and whose replies a test may write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from PIL.Image import Image

from handeye.actions.geometry import Box, Point, Size
from handeye.model.conversation.messages import Message
from handeye.model.runtime import Generation, Model

TOKENS = 3
"""How many tokens of each reply are really generated."""
Resize = Callable[[Size], Size]


@dataclass(frozen=True)
class Asked:
    """What the model was asked, and what it answered by itself."""

    messages: Sequence[Message]
    options: dict[str, Any]
    answer: Generation


@dataclass
class Puppet:
    """Reads each prompt with the model, and says what `say` returns, given the size at which it sees an image.

    Where that is None, it says what the model has generated.
    """

    model: Model
    say: Callable[[Resize], str | None]
    asked: list[Asked] = field(default_factory=list)
    name: str = "puppet"

    @property
    def origins(self) -> tuple[str, ...]:
        return self.model.origins

    def image_size(self, size: Size) -> Size:
        return self.model.image_size(size)

    def seeing(self, min_pixels: int, max_pixels: int) -> "Puppet":
        return Puppet(self.model.seeing(min_pixels, max_pixels), self.say, self.asked, self.name)

    def generate(self, messages: Sequence[Message], **options: Any) -> Generation:
        answer = self.model.generate(messages, **{**options, "max_new_tokens": TOKENS})
        self.asked.append(Asked(messages, options, answer))
        said = self.say(self.image_size)
        return answer if said is None else replace(answer, text=said, finish="stop")

    def ground(self, image: Image, phrase: str) -> list[Box | Point]:
        return Model.ground(cast(Model, self), image, phrase)
