"""From a conversation to what a network of transformers reads: by the checkpoint's own template and processor."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from PIL.Image import Image

from handeye.actions.geometry import Size
from handeye.model.conversation.messages import Message
from handeye.model.errors import InvalidVideo, TemplateRefused
from handeye.model.images.image import to_rgb
from handeye.model.images.resize import resize
from handeye.model.others.squares import ImageRule
from handeye.model.video.source import Video

_THREADS = 4
_PLACES = re.compile(r"<\|(?:box|quad|object_ref)_(?:start|end)\|>")
"""Tokens around places, which control nothing: the prompts of some models hold them."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Makes the inputs of a network."""

    name: str
    """Of the checkpoint, for messages."""
    processor: Any
    """A processor of transformers, whose classes share no type that says what they take."""
    rule: ImageRule
    template: Mapping[str, bool]
    """What the template is told besides the conversation, such as {"thinking": False}."""

    def inputs(self, messages: Sequence[Message], prefix: str) -> Any:
        """Return the tensors for a conversation, up to the answer of the assistant and its beginning, `prefix`.

        Raises `InvalidImage`, `InvalidVideo`, and `TemplateRefused` if the checkpoint's template does not take it.
        """
        text = self._rendered(messages) + prefix
        begins = self.processor.tokenizer.bos_token
        images = [self._image(part) for message in messages for part in message.content if isinstance(part, Image)]
        options = {"images_kwargs": {"do_resize": False}} if images and self.rule.final else {}
        try:
            return self.processor(
                text=[text],
                images=images or None,
                return_tensors="pt",
                # the template has written it already
                text_kwargs={"add_special_tokens": not (begins and text.startswith(begins))},
                **options,
            )
        except (TypeError, ValueError) as error:
            raise TemplateRefused(f"{self.name} does not take the conversation: {_first_line(error)}") from error

    def _image(self, image: Image) -> Image:
        picture = to_rgb(image)
        size = self.rule.resize(Size(*picture.size))
        return picture if picture.size == size else resize(picture, size, _THREADS)

    def _rendered(self, messages: Sequence[Message]) -> str:
        turns: list[dict[str, Any]] = [
            {"role": message.role, "content": list(self._parts(message))} for message in messages
        ]
        if not (self.processor.chat_template or self.processor.tokenizer.chat_template):
            raise TemplateRefused(
                f"{self.name} has no chat template, so it was not trained to talk: take a checkpoint that was, often "
                "called Instruct"
            )
        try:
            text: str = self.processor.apply_chat_template(
                turns, tokenize=False, add_generation_prompt=True, **self.template
            )
        except jinja2.TemplateError as error:
            raise TemplateRefused(f"the chat template of {self.name} refuses the conversation: {error}") from error
        for turn in turns:
            for part in turn["content"]:
                # A template may change earlier replies: some leave out their thoughts.
                if turn["role"] != "assistant" and part["type"] == "text" and part["text"].strip() not in text:
                    raise TemplateRefused(f"the chat template of {self.name} leaves out text of a {turn['role']} turn")
        return text

    def _parts(self, message: Message) -> Iterator[dict[str, str]]:
        """Yield the parts of a turn as templates know them; texts that follow each other become one."""
        text = ""
        for part in message.content:
            if isinstance(part, str):
                text += part
                continue
            if isinstance(part, Video):
                raise InvalidVideo("videos are shown to Qwen2.5-VL by handeye's own network alone: give images")
            if text:
                yield {"type": "text", "text": self._plain(text)}
            yield {"type": "image"}
            text = ""
        if text:
            yield {"type": "text", "text": self._plain(text)}

    def _plain(self, text: str) -> str:
        """Return a text in which no control token stands: a page that shows one cannot end a turn."""
        text = text.encode("utf-8", errors="replace").decode("utf-8")
        for token in self._controls():
            text = text.replace(token, f"{token[0]} {token[1:]}")
        return text

    def _controls(self) -> Iterator[str]:
        for added in self.processor.tokenizer.added_tokens_decoder.values():
            if added.special and len(added.content) > 1 and not _PLACES.fullmatch(added.content):
                yield added.content


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
