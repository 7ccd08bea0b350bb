"""A loaded model: messages in, text out."""

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import torch
from PIL.Image import Image

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.grammar import Rule
from handeye.model import grounding
from handeye.model.adapters.adapter import Adapter, as_adapter
from handeye.model.architecture.config import ModelConfig, MRope
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.digits import Digit
from handeye.model.conversation.messages import Message
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Moment
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import Preprocessor
from handeye.model.pending import PendingReply
from handeye.model.video.source import Video
from handeye.model.video.spans import TimeSpan, question, spans


@dataclass(frozen=True, slots=True)
class Timings:
    """The times of the parts of one reply, in seconds."""

    preprocess: float
    """Prompt and pixels."""
    vision: float
    """Encoding the images that were not cached."""
    prefill: float
    """Reading the prompt, up to the first token."""
    decode: float
    """The tokens after the first."""

    @classmethod
    def of(cls, started: float, moments: Mapping[Moment, float]) -> "Timings":
        """Return the times between the moments of a request."""
        times = [started, *(moments[name] for name in get_args(Moment))]
        return cls(*(after - before for before, after in itertools.pairwise(times)))


@dataclass(frozen=True, slots=True)
class Generation:
    """A reply."""

    text: str
    """From the prefix on, without control tokens and without the stop string that ended it."""
    token_ids: tuple[int, ...]
    """Every token that was generated, the closing one included; not those of the prefix, which the prompt holds."""
    prompt_tokens: int
    cached_tokens: int
    """Tokens of the prompt that were reused from the cache."""
    finish: Literal["stop", "length"]
    """"stop": the model ended its turn, or wrote a stop string; "length": it reached the token limit, which brings a
    reply that is kept to a grammar to its end."""
    timings: Timings
    visual_tokens: int = 0
    """Tokens of the prompt that stand for images, cached ones included."""
    guessed_tokens: int = 0
    """Tokens of the reply that were guessed rightly from what was said before: it came faster, and is the same."""
    digits: tuple[Digit, ...] = ()
    """Its decimal digits, with their probabilities; none if the vocabulary has tokens of several."""

    @property
    def generated_tokens(self) -> int:
        """The number of tokens that were generated."""
        return len(self.token_ids)


class Model:
    """A loaded checkpoint. It caches what it read last; use it from one thread at a time."""

    def __init__(self, checkpoint: Checkpoint, engine: Engine | None = None) -> None:
        """`engine` is another model's of the same network, to share what it has read."""
        self._checkpoint = checkpoint
        if engine is None:
            engine = Engine(checkpoint.network, checkpoint.tokenizer.size, digits=checkpoint.tokenizer.digits)
        self._engine = engine

    @property
    def name(self) -> str:
        """The name that it was loaded by."""
        return self._checkpoint.name

    @property
    def config(self) -> ModelConfig:
        """The configuration of the architecture."""
        return self._checkpoint.config

    @property
    def origins(self) -> tuple[str, ...]:
        """Other names that say what it is, from its config.json, the surest first; often none."""
        return self.config.origins

    @property
    def device(self) -> torch.device:
        """The device that the network runs on; of several, that of the embeddings and the vision part."""
        return self._checkpoint.network.device

    @property
    def placement(self) -> str:
        """Where its layers are, as `load_model` takes it: "cuda:0", or "cuda:0=30,cuda:1=34"."""
        return str(self._checkpoint.network.placement)

    @property
    def dtype(self) -> torch.dtype:
        """The number format of the weights."""
        return self._checkpoint.network.dtype

    def image_size(self, size: Size) -> Size:
        """Return the size at which the model sees an image of `size`. Points in its answers are pixels of this size.

        Raises:
            InvalidImage: the image is too long and narrow.
        """
        return self._checkpoint.preprocessor.image_size(size)

    @property
    def pixel_limits(self) -> tuple[int, int]:
        """The least and the greatest area at which it sees an image, in pixels."""
        rule = self._checkpoint.preprocessor.rule
        return rule.min_pixels, rule.max_pixels

    def seeing(self, min_pixels: int, max_pixels: int) -> "Model":
        """Return the same model with other limits of the area at which it sees images, in pixels.

        Both share the weights and what was read last, so use them from one thread at a time.

        Raises:
            ValueError: a limit is not a whole number, `max_pixels` is less than a token, or `min_pixels` is above it.
        """
        vision = self.config.vision
        rule = self._checkpoint.preprocessor.rule.limited(min_pixels, max_pixels, vision.factor**2)
        return Model(replace(self._checkpoint, preprocessor=Preprocessor(rule, vision)), self._engine)

    def weigh_adapters(self, *weights: float) -> None:
        """Give the adapters other weights, one for each in the order of loading: 1 is all of an adapter, 0 none.

        They count for every model that shares the network, and nothing that was read before is used again.

        Raises:
            ValueError: there is not one for each adapter that is kept beside the model, or one is no finite number.
        """
        kept = self._checkpoint.kept
        if len(weights) != len(kept.weights):
            raise ValueError(
                f"{len(weights)} weights for {len(kept.weights)} adapters that are kept beside the model: give one for "
                "each; merge_adapters=False keeps them"
            )
        kept.weights[:] = [as_adapter(Adapter("", weight)).weight for weight in weights]
        self._engine.forget()

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_new_tokens: int = 512,
        temperature: float = 0.0,
        top_p: float = 1.0,
        seed: int | None = None,
        frequency_penalty: float = 0.0,
        repetition_penalty: float = 1.0,
        prefix: str = "",
        stop: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        grammar: Rule | None = None,
    ) -> Generation:
        """Answer a conversation.

        Args:
            messages: The turns so far; the content holds text, images and videos in order.
            max_new_tokens: The maximum number of tokens in the reply.
            temperature: 0 takes the likeliest token each time; above 0, tokens are sampled.
            top_p: When sampling, consider only the likeliest tokens that together have this probability.
            seed: When sampling, the same seed gives the same reply.
            frequency_penalty: What a token's logit loses for each time that it was generated, as in OpenAI's API;
                tokens of the prompt and the prefix do not count.
            repetition_penalty: Divides the logits of tokens of the prompt, the prefix and the reply if they are
                positive, and multiplies them if they are negative, as in transformers.
            prefix: The text that the reply is made to begin with. The model goes on from there.
            stop: The reply ends before the first of these strings: the one that is complete first. Of those that are
                complete at the same character, the longest counts. They are looked for after the prefix.
            on_text: Called with each new piece of text, never with half a character or a part of a stop string.
            grammar: What the reply must be, from the prefix on. It is always complete, within `max_new_tokens`, unless
                a stop string ends it.

        Raises:
            InvalidImage: an image cannot be shown to the model.
            InvalidVideo: a video cannot be shown to the model.
            ContextTooLong: the prompt fills the model's context, or leaves no room for a reply that fits the grammar.
            OutOfMemory: the device has too little memory for the prompt.
            NonFiniteOutput: the network computed NaN or infinite numbers.
            ValueError: no text fits the grammar, it is too large, or no such text begins with the prefix or is certain
                to fit into `max_new_tokens`; or another argument is out of its range.
        """
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, not {max_new_tokens}")
        if isinstance(messages, str):
            raise TypeError("messages is a string: give a list of messages, such as [Message('user', (text,))]")
        sampling = Sampling(temperature, top_p, seed, frequency_penalty, repetition_penalty)
        started = time.perf_counter()
        pending = PendingReply(
            self._checkpoint,
            messages,
            sampling,
            max_new_tokens=max_new_tokens,
            prefix=prefix,
            stop=stop,
            on_text=on_text,
            grammar=grammar,
        )
        request = pending.request
        self._engine.submit(request)
        try:
            while not request.done:
                self._engine.step()
        finally:
            self._engine.cancel(request)
        pending.complete()
        return Generation(
            text=pending.text,
            token_ids=tuple(request.tokens),
            prompt_tokens=len(pending.prompt),
            cached_tokens=request.cached,
            finish=pending.finish,
            timings=Timings.of(started, request.moments),
            visual_tokens=pending.prompt.visual_tokens,
            guessed_tokens=request.guessed,
            digits=pending.digits,
        )

    def ground(self, image: Image, phrase: str) -> list[Box | Point]:
        """Return where in the image something is: boxes, or points if the model answers so, in pixels of `image`.

        Raises:
            InvalidImage: the image cannot be shown to the model.
            UnreadableAnswer: the model did not answer with places in the image.
        """
        size = Size(*image.size)
        answer = self.generate([Message("user", (image, grounding.question(phrase)))])
        return grounding.places(answer.text, self.image_size(size), size)

    def describe(self, video: Video) -> str:
        """Return what happens in a video, in words.

        Raises:
            InvalidVideo: the video cannot be shown to the model.
        """
        return self.ask([video], "Describe what happens in this video, in order.")

    def events(self, video: Video, query: str) -> list[TimeSpan]:
        """Return when what `query` describes happens in a video, in its seconds; none if the model says it does not.

        Raises:
            InvalidVideo: the video cannot be shown to the model.
            UnreadableAnswer: the model did not answer with times in the video.
        """
        return self.spans(video, self.ask([video], question(query)))

    def spans(self, video: Video, answer: str) -> list[TimeSpan]:
        """Return the times that an answer about a video names, in its seconds, clipped to the part that was seen.

        Raises:
            InvalidVideo: the video cannot be shown to the model.
            UnreadableAnswer: the answer has no times in the video.
        """
        clip = self._checkpoint.preprocessor.clip(video, self.config.text.max_position_embeddings)
        return spans(answer, clip.start, clip.end)

    def ask(self, images: Sequence[Image | Video], question: str) -> str:
        """Return the answer to a question about images and videos, or without any.

        Raises:
            InvalidImage: an image cannot be shown to the model.
            InvalidVideo: a video cannot be shown to the model.
        """
        if isinstance(images, str | Image | Video):
            raise TypeError(f"images is a single {type(images).__name__}: give a list of images")
        return self.generate([Message("user", (*images, question))]).text.strip()


def load_model(
    name: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    min_pixels: int | None = None,
    max_pixels: int | None = None,
    mrope: MRope = "reference",
    adapters: Sequence[Adapter | str | Path] = (),
    merge_adapters: bool = True,
) -> Model:
    """Load a checkpoint.

    Args:
        name: A folder, the name of a shipped checkpoint ("handeye-tiny"), an id on the Hugging Face hub
            ("Qwen/Qwen2.5-VL-7B-Instruct"), or the GGUF file of a language model, with that of its vision part beside.
            If it is an adapter, the checkpoint that it names is loaded with it.
        device: "auto" takes a GPU if there is one, and spreads what is too large for one over all GPUs. A list spreads
            the model over its devices: "cuda:0,cuda:1,cpu" by the memory that is free, with the CPU last, for what the
            GPUs have no room for; "cuda:0=30,cuda:1=34" by numbers of decoder layers.
        dtype: "auto" is bfloat16; on a CPU it is float32 for a model of less than a billion parameters, and for GGUF
            files. With bfloat16, a CPU without instructions for it stores the weights so and computes in float32: half
            the memory at nearly the same speed. "int8", on an x86 CPU, multiplies whole numbers, which is faster there.
            "fp8" stores the decoder's layers in eight bits while it reads them and
            the rest in bfloat16: half the memory again.
            A checkpoint whose files are quantized keeps its packed weights; `dtype` is that of all others.
        min_pixels: Images are scaled up to at least this many pixels; the checkpoint's own limit by default, or
            `max_pixels` if that is lower.
        max_pixels: Images are scaled down to at most this many pixels; the checkpoint's own limit by default.
        mrope: How the tokens of videos are placed in time: "reference", as in training, or "hf5", as transformers 5
            does it, to compare with that.
        adapters: LoRA adapters: folders as peft writes them, ids on the hub, or an `Adapter` with a weight. What they
            change is added up.
        merge_adapters: Whether adapters become part of the weights, except for quantized ones. Otherwise they are kept
            beside them, which is slower, and `Model.weigh_adapters` can change how much of them counts.

    Raises:
        UnknownModel: there is no such checkpoint, or the hub cannot be reached.
        InvalidCheckpoint: its files are damaged, or of another architecture.
        UnknownDevice: this machine has no such device.
        InvalidPlacement: the list of devices cannot be read, or does not place each layer once.
        UnsupportedDtype: the number format gives wrong results.
        OutOfMemory: the weights do not fit on the devices.
        ValueError: `max_pixels` is less than a token, or below `min_pixels`.
    """
    if isinstance(adapters, str | Path | Adapter):
        raise TypeError(f"adapters is a single {type(adapters).__name__}: give a list of adapters")
    if mrope not in get_args(MRope):
        raise ValueError(f"mrope must be reference or hf5, not {mrope!r}")
    return Model(
        open_checkpoint(
            name,
            device=device,
            dtype=dtype,
            min_pixels=min_pixels,
            max_pixels=max_pixels,
            mrope=mrope,
            adapters=[as_adapter(adapter) for adapter in adapters],
            merge_adapters=merge_adapters,
        )
    )
