"""A model that transformers runs, as if it were handeye's own: messages in, text out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from PIL.Image import Image

from handeye.actions.geometry import Size
from handeye.model.conversation.messages import Message
from handeye.model.conversation.reply import Reply
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.errors import ContextTooLong, NonFiniteOutput, OutOfMemory
from handeye.model.hardware.memory import is_out_of_memory, release
from handeye.model.others.prompts import Prompts
from handeye.model.others.steering import Choosing, Ending
from handeye.model.runtime import Generation, Timings


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read from a checkpoint."""

    network: Any
    """A network of transformers, which generates."""
    prompts: Prompts
    kind: str
    """Its `model_type`, such as "qwen3_vl"."""
    origins: tuple[str, ...]
    closing: frozenset[int]
    """Ids of the tokens that end a reply."""
    context: int | None
    """The most tokens of a prompt and its reply; None if the configuration does not say."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The text of a tokenizer of transformers."""

    tokenizer: Any

    def decode(self, ids: Sequence[int]) -> str:
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text


class TransformersModel:
    """A checkpoint of any architecture. It reads each prompt from its beginning; use it from one thread at a time.

    It answers `name`, `origins`, `image_size`, `pixel_limits`, `seeing` and `generate` as a
    `handeye.model.runtime.Model` does.
    """

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    @property
    def name(self) -> str:
        """The name that it was loaded by."""
        return self._loaded.prompts.name

    @property
    def origins(self) -> tuple[str, ...]:
        """Other names that say what it is, from its config.json; often none."""
        return self._loaded.origins

    @property
    def kind(self) -> str:
        """What transformers calls the architecture, such as "qwen3_vl"."""
        return self._loaded.kind

    @property
    def device(self) -> torch.device:
        """The device that the network runs on."""
        device: torch.device = self._loaded.network.device
        return device

    @property
    def dtype(self) -> torch.dtype:
        """The number format of the weights."""
        dtype: torch.dtype = self._loaded.network.dtype
        return dtype

    @property
    def factor(self) -> int:
        """Both sides of an image as the model sees it are multiples of this, in pixels.

        1 where the checkpoint's own processor brings images to a size of its own: then `image_size` is the size at
        which it gets them.
        """
        return self._loaded.prompts.rule.factor

    @property
    def pixel_limits(self) -> tuple[int, int]:
        """The least and the greatest area at which it sees an image, in pixels."""
        return self._loaded.prompts.rule.limits

    def image_size(self, size: Size) -> Size:
        """Return the size at which the model sees an image of `size`; see `factor`.

        Raises:
            InvalidImage: the image is too long and narrow.
        """
        return self._loaded.prompts.rule.resize(size)

    def seeing(self, min_pixels: int, max_pixels: int) -> "TransformersModel":
        """Return the same model with other limits of the area at which it sees images, in pixels.

        Raises:
            ValueError: a limit is not a whole number above 0, `max_pixels` is less than a token or below `min_pixels`.
        """
        rule = self._loaded.prompts.rule.limited(min_pixels, max_pixels)
        return self._with(replace(self._loaded.prompts, rule=rule))

    def templated(self, options: Mapping[str, bool]) -> "TransformersModel":
        """Return the same model whose chat template is told `options`, such as {"thinking": False}."""
        return self._with(replace(self._loaded.prompts, template=dict(options)))

    def _with(self, prompts: Prompts) -> "TransformersModel":
        return TransformersModel(replace(self._loaded, prompts=prompts))

    def ask(self, images: Sequence[Image], question: str) -> str:
        """Return the answer to a question about images, or without any.

        Raises:
            InvalidImage: an image cannot be shown to the model.
            TemplateRefused: the checkpoint's chat template does not take a question.
        """
        if isinstance(images, str | Image):
            raise TypeError(f"images is a single {type(images).__name__}: give a list of images")
        return self.generate([Message("user", (*images, question))]).text.strip()

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
    ) -> Generation:
        """Answer a conversation; the options are those of `handeye.model.runtime.Model.generate`, and do the same.

        Nothing is cached between replies, and the time of encoding images counts as prefill.

        Raises:
            InvalidImage: an image cannot be shown to the model.
            InvalidVideo: the conversation holds a video.
            TemplateRefused: the checkpoint's chat template does not take the conversation.
            ContextTooLong: the prompt fills the model's context.
            OutOfMemory: the device has too little memory for the prompt.
            NonFiniteOutput: the network computed NaN or infinite numbers.
        """
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, not {max_new_tokens}")
        if isinstance(messages, str):
            raise TypeError("messages is a string: give a list of messages, such as [Message('user', (text,))]")
        sampling = Sampling(temperature, top_p, seed, frequency_penalty, repetition_penalty)
        reply = Reply(_Words(self._loaded.prompts.processor.tokenizer), stop, on_text, prefix)
        try:
            return self._answer(messages, max_new_tokens, sampling, reply)
        except NonFiniteOutput as error:
            raise NonFiniteOutput(
                f"{self.name} has no answer: {error}; use dtype float32, or get another copy of the checkpoint"
            ) from None
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            release(error)
        # Raised only here, because an error that is raised in a handler holds the one that was handled, and through its
        # frames every tensor of the failed step.
        raise OutOfMemory(
            f"{self.device} has too little memory left for this prompt: give fewer or smaller images (max_pixels), "
            "or use a smaller model"
        )

    def _answer(self, messages: Sequence[Message], max_new_tokens: int, sampling: Sampling, reply: Reply) -> Generation:
        from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

        loaded, started = self._loaded, time.perf_counter()
        tokenizer = loaded.prompts.processor.tokenizer
        inputs = loaded.prompts.inputs(messages, reply.prefix).to(self.device, dtype=self.dtype)
        prompt = [int(token) for token in inputs["input_ids"][0]]
        room = self._room(len(prompt), max_new_tokens)
        prepared = time.perf_counter()
        choose = sampling.chooser(() if sampling.repetition_penalty == 1 else prompt)
        ending = Ending(reply, loaded.closing, time.perf_counter)
        with torch.inference_mode():
            loaded.network.generate(
                **inputs,
                generation_config=GenerationConfig(do_sample=False, max_new_tokens=room, pad_token_id=prompt[-1]),
                logits_processor=LogitsProcessorList([Choosing(choose, len(tokenizer))]),
                stopping_criteria=StoppingCriteriaList([ending]),
            )
        reply.close()
        done = time.perf_counter()
        first = done if ending.first is None else ending.first
        image = getattr(loaded.prompts.processor, "image_token_id", None)
        return Generation(
            text=reply.text,
            token_ids=tuple(ending.tokens),
            prompt_tokens=len(prompt),
            cached_tokens=0,
            finish="stop" if ending.ended else "length",
            timings=Timings(prepared - started, 0.0, first - prepared, done - first),
            visual_tokens=prompt.count(image) if isinstance(image, int) else 0,
        )

    def _room(self, prompt: int, max_new_tokens: int) -> int:
        context = self._loaded.context
        if context is None:
            return max_new_tokens
        if prompt >= context:
            raise ContextTooLong(
                f"the prompt has {prompt:,} tokens, but {self.name} reads at most {context:,}: give fewer or smaller "
                "images (max_pixels), or less text"
            )
        return min(context - prompt, max_new_tokens)
