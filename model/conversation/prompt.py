"""A conversation as the network reads it: token ids, including those of its images and videos."""

from collections.abc import Sequence
from dataclasses import dataclass

from handeye.model.architecture.config import ModelConfig
from handeye.model.conversation.chat import QWEN, Control, Template
from handeye.model.conversation.messages import Message
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.errors import InvalidVideo
from handeye.model.images.preprocess import Picture, Preprocessor
from handeye.model.video.clip import Clip
from handeye.model.video.source import Video


@dataclass(frozen=True, slots=True)
class Prompt:
    """Tokens, images and videos."""

    keys: tuple[int, ...]
    """One for each token: its id, or -1, -2, ... for the tokens of the first, the second, ... image or video."""
    pictures: tuple[Picture | Clip, ...]
    """The images and videos, in order."""

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def visual_tokens(self) -> int:
        """The number of tokens of images and videos."""
        return sum(self.keys.count(-number) for number in range(1, len(self.pictures) + 1))

    @property
    def clips(self) -> list[Clip]:
        """The videos, in order."""
        return [picture for picture in self.pictures if isinstance(picture, Clip)]

    def ids(self, image_token_id: int, video_token_id: int | None = None) -> list[int]:
        """Return the token ids.

        Raises:
            ValueError: it has a video, and no id was given for its tokens.
        """
        tokens: list[int] = []
        for picture in self.pictures:
            token = video_token_id if isinstance(picture, Clip) else image_token_id
            if token is None:
                raise ValueError("the prompt has a video: give the id of video tokens too")
            tokens.append(token)
        return [key if key >= 0 else tokens[-key - 1] for key in self.keys]

    def beyond(self, length: int) -> tuple[tuple[Picture | Clip, ...], int]:
        """Return the images and videos that have tokens after the first `length`, and how many the first has before."""
        first = next((key for key in self.keys[length:] if key < 0), None)
        if first is None:
            return (), 0
        return self.pictures[-first - 1 :], self.keys[:length].count(first)

    @property
    def contents(self) -> tuple[int, ...]:
        """One number for each token that says what it is: its id, or below 0 a number made from its image or video."""
        made = [-1 - int.from_bytes(picture.digest, "big") for picture in self.pictures]
        return tuple(key if key >= 0 else made[-key - 1] for key in self.keys)


def assemble(
    messages: Sequence[Message],
    tokenizer: Tokenizer,
    preprocessor: Preprocessor,
    config: ModelConfig,
    prefix: str = "",
    template: Template = QWEN,
) -> Prompt:
    """Build the prompt of a conversation, up to the answer of the assistant and its beginning, `prefix`.

    Raises:
        InvalidImage: an image cannot be shown to the model.
        InvalidVideo: a video cannot be shown to the model.
    """
    keys: list[int] = []
    pictures: list[Picture | Clip] = []
    for part in template.parts(messages, prefix):
        if isinstance(part, Control):
            keys.append(tokenizer.id(part))
        elif isinstance(part, str):
            keys += tokenizer.encode(part)
        else:
            pictures.append(
                _clip(part, preprocessor, config) if isinstance(part, Video) else preprocessor.picture(part)
            )
            keys += [-len(pictures)] * (pictures[-1].grid.patches // config.vision.spatial_merge_size**2)
    return Prompt(tuple(keys), tuple(pictures))


def _clip(video: Video, preprocessor: Preprocessor, config: ModelConfig) -> Clip:
    if config.video_token_id >= config.text.vocab_size:
        raise InvalidVideo(f"{video.name} cannot be shown: the checkpoint has no token for videos; give its frames")
    return preprocessor.clip(video, config.text.max_position_embeddings)
