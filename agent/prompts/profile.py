"""How a checkpoint is prompted and read: as its makers do it, because its weights saw nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL.Image import Image

from handeye.actions.dialects.catalog import Family
from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.geometry import Size
from handeye.agent.prompts.origins import Origins
from handeye.agent.prompts.view import HistoryRule, View
from handeye.model.conversation.messages import Message

FACTOR = 28
"""Both sides of an image as Qwen2.5-VL sees it are multiples of this, in pixels; each square is a visual token."""
FACTOR_3 = 32
"""The same of Qwen3-VL, and of what is made from it."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """The least and the greatest area of an image as the model sees it, in pixels."""

    least: int = 56 * 56
    most: int = 16384 * 28 * 28
    factor: int = FACTOR
    """Both sides are multiples of this, in pixels."""

    def resize(self, size: Size) -> Size:
        """Return the size at which the model sees an image. Raises `InvalidImage` if it is too long and narrow."""
        from handeye.model.images.resize import smart_resize  # imports numpy

        return smart_resize(size, self.factor, self.least, self.most)


@dataclass(frozen=True, slots=True)
class SamplingRule:
    """How the tokens of a reply are chosen."""

    temperature: float = 0.0
    top_p: float = 1.0
    frequency_penalty: float = 0.0
    """What a token's logit loses for each time that it is in the reply, as OpenAI's parameter of this name."""
    repetition_penalty: float = 1.0
    """Divides the logits of tokens that are in the prompt or the reply, as in transformers."""
    max_tokens: int = 512


@dataclass(frozen=True, slots=True)
class AgentPrompt:
    """How a checkpoint that acts is prompted."""

    dialects: Family
    """How it writes actions."""
    history: HistoryRule
    compose: Callable[[View], list[Message]]
    """Returns the conversation for the next step."""


@dataclass(frozen=True, slots=True)
class GrounderPrompt:
    """How a checkpoint is asked where something is."""

    answer: Answer
    """How it writes the place; `answer.prefix` is what the answer is made to begin with."""
    compose: Callable[[str, Image, Size], list[Message]]
    """Returns the conversation that asks for what a phrase describes, in an image that it sees at a size in pixels."""
    sampling: SamplingRule = SamplingRule()
    """How the tokens of the answer are chosen, also where the checkpoint acts by another rule."""


@dataclass(frozen=True, slots=True)
class CheckpointProfile:
    """How the checkpoints of one family are prompted and read."""

    name: str
    """What `--profile` takes: lower case, no spaces."""
    models: tuple[str, ...]
    """Ids on the Hugging Face hub of the checkpoints that it was made for."""
    matches: str
    """A regular expression that is found in the lower-case names of these, their quantised copies and fine-tunes."""
    licence: str
    sources: tuple[str, ...]
    """The files from which it was read, each as "owner/repository:path"."""
    read_from: Origins
    """Which of them each part comes from, or what else; it changes nothing that a model would notice."""
    pixels: Pixels | None
    """The limits of images; None leaves them to the checkpoint's own preprocessor_config.json."""
    agent: AgentPrompt | None = None
    """None for a checkpoint that only points."""
    grounder: GrounderPrompt | None = None
    """None for a checkpoint that is not asked where something is."""
    sampling: SamplingRule = SamplingRule()
    """How the tokens of a step are chosen; nothing for a checkpoint that only points."""
    stop: tuple[str, ...] = ()
    """Strings that end a reply, besides the checkpoint's own tokens."""
    template: tuple[str, ...] = ()
    """What the checkpoint's own chat template is told to leave out, such as "thinking"."""
    notes: tuple[str, ...] = ()
    """What is peculiar, each in a line."""

    @property
    def factor(self) -> int:
        """Both sides of an image as the model sees it are multiples of this, in pixels."""
        return FACTOR if self.pixels is None else self.pixels.factor

    @property
    def good_at(self) -> tuple[str, ...]:
        """ "agent", "grounder" or both."""
        return tuple(kind for kind, prompt in (("agent", self.agent), ("grounder", self.grounder)) if prompt)
