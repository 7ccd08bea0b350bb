"""A conversation as the network reads it: token ids, including the image tokens of its images."""

from collections.abc import Sequence
from dataclasses import dataclass

from handeye.model.chat import Control, parts
from handeye.model.config import ModelConfig
from handeye.model.messages import Message
from handeye.model.preprocess import Picture, Preprocessor
from handeye.model.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens and images. Two prompts can be compared without comparing patches."""

    keys: tuple[int, ...]
    """One for each token: its id, or -1, -2, ... for the tokens of the first, the second, ... image."""
    pictures: tuple[Picture, ...]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def visual_tokens(self) -> int:
        """The number of tokens of images."""
        return sum(key < 0 for key in self.keys)

    def ids(self, image_token_id: int) -> list[int]:
        """Return the token ids."""
        return [key if key >= 0 else image_token_id for key in self.keys]

    def shared(self, other: "Prompt") -> int:
        """Return the length of the common prefix: the same ids, and tokens of equal images."""
        images = 0
        for mine, theirs in zip(self.pictures, other.pictures, strict=False):
            if mine != theirs:
                break
            images += 1
        for position, (key, their_key) in enumerate(zip(self.keys, other.keys, strict=False)):
            if key != their_key or key < -images:
                return position
        return min(len(self), len(other))

    def images_within(self, length: int) -> int:
        """Return how many images have tokens among the first `length`."""
        return -min((0, *self.keys[:length]))

    def cut(self, length: int) -> "Prompt":
        """Return the first `length` tokens and the images among them."""
        return Prompt(self.keys[:length], self.pictures[: self.images_within(length)])

    def followed_by(self, ids: Sequence[int]) -> "Prompt":
        """Return the prompt followed by more tokens, none of which is an image token."""
        return Prompt((*self.keys, *ids), self.pictures)


def assemble(
    messages: Sequence[Message],
    tokenizer: Tokenizer,
    preprocessor: Preprocessor,
    config: ModelConfig,
    prefix: str = "",
) -> Prompt:
    """Build the prompt of a conversation, up to the answer of the assistant and its beginning, `prefix`.

    Raises:
        InvalidImage: an image cannot be shown to the model.
    """
    keys: list[int] = []
    pictures: list[Picture] = []
    for part in parts(messages, prefix):
        if isinstance(part, Control):
            keys.append(tokenizer.id(part))
        elif isinstance(part, str):
            keys += tokenizer.encode(part)
        else:
            picture = preprocessor.picture(part)
            pictures.append(picture)
            keys += [-len(pictures)] * (picture.grid.patches // config.vision.spatial_merge_size**2)
    return Prompt(tuple(keys), tuple(pictures))
