"""A model that runs behind a server, as if it were loaded: messages in, text out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.agent.prompts.profile import Pixels
from handeye.agent.servers.address import parse_address
from handeye.agent.servers.connection import Connection
from handeye.agent.servers.endpoint import Endpoint
from handeye.agent.servers.errors import PrefixRefused, RequestRefused
from handeye.agent.servers.key import VARIABLE, Key
from handeye.agent.servers.kind import continuing_fields, sampling_fields, sampling_notice, template_fields
from handeye.agent.servers.reply import ServerReply
from handeye.agent.servers.request import conversation
from handeye.agent.servers.scale import Scale
from handeye.model.conversation.messages import Message, images

TIMEOUT = 600.0
"""Seconds for a reply: a large model on a CPU reads a screenshot for minutes."""
RETRIES = 6
"""Further attempts after the first; together they wait about half a minute."""


class ChatServer:
    """One model of a server that speaks OpenAI's chat API, with the limits of the images that are sent to it.

    It answers `name`, `origins`, `image_size`, `pixel_limits`, `seeing` and `generate` as a
    `handeye.model.runtime.Model` does.
    """

    origins: tuple[str, ...] = ()
    """A server tells no other names of its checkpoint."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        *,
        key: str | None = None,
        key_variable: str = VARIABLE,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        checked: bool = True,
    ) -> None:
        """Nothing is sent yet.

        Args:
            base_url: Such as "http://localhost:8000/v1", or "localhost:8000".
            model: Its name on the server; None for the only one.
            key: None takes that of the environment.
            key_variable: The environment variable that holds it; for api.openai.com, OPENAI_API_KEY counts too.
            timeout: Seconds for a whole reply, all attempts included.
            retries: Further attempts after what may pass: a server that is busy or starting, a lost connection.
            checked: Whether to make sure that the model sees images at the size at which they are sent; without that,
                points may be off. For examining a server.

        Raises `InvalidServer` and `KeyRefused`.
        """
        if not timeout > 0 or retries < 0:
            raise ValueError(f"timeout must be above 0 and retries at least 0, not {timeout} and {retries}")
        address = parse_address(base_url)
        held = Key(key, address, key_variable)
        self.endpoint = Endpoint(Connection(address, held, timeout=timeout, retries=retries), model)
        self.scale = Scale(self.endpoint)
        self._pixels = Pixels()
        self._template: Mapping[str, bool] = {}
        self._checked = checked

    @property
    def name(self) -> str:
        """The name of the model on the server. Raises what asking the server raises, if none was given."""
        return self.endpoint.model

    @property
    def label(self) -> str:
        """The name of the model, and where it runs."""
        return f"{self.name} at {self.endpoint.connection.address.label}"

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the server, as far as it is known by now."""
        return tuple(self.endpoint.notices)

    @property
    def pixel_limits(self) -> tuple[int, int]:
        """The least and the greatest area at which an image is sent, in pixels."""
        return self._pixels.least, self._pixels.most

    def seeing(self, least: int, most: int) -> "ChatServer":
        """Return the same model with other limits of the area of images, in pixels."""
        if not 0 < least <= most:
            raise ValueError(f"the limits of images must be positive and in order, not {least} and {most}")
        return self._with(Pixels(least, most, self._pixels.factor), self._template)

    def squared(self, factor: int) -> "ChatServer":
        """Return the same model with sides of images that are multiples of `factor` pixels, each square a token."""
        view = self._with(replace(self._pixels, factor=factor), self._template)
        if factor != self.scale.factor:
            view.scale = Scale(self.endpoint, factor)
        return view

    def templated(self, options: Mapping[str, bool]) -> "ChatServer":
        """Return the same model whose chat template is told `options`, such as {"thinking": False}."""
        return self._with(self._pixels, options)

    def _with(self, pixels: Pixels, template: Mapping[str, bool]) -> "ChatServer":
        view = ChatServer.__new__(ChatServer)
        view.endpoint, view.scale, view._checked = self.endpoint, self.scale, self._checked
        view._pixels, view._template = pixels, template
        return view

    def image_size(self, size: Size) -> Size:
        """Return the size at which an image of `size` is sent: at most that at which the server has said it is seen.

        Raises `InvalidImage` if it is too long and narrow.
        """
        most = self.endpoint.most_pixels
        if most is None or most >= self._pixels.most:
            return self._pixels.resize(size)
        return replace(self._pixels, least=min(self._pixels.least, most), most=most).resize(size)

    def generate(
        self,
        messages: Sequence[Message],
        *,
        max_new_tokens: int = 512,
        temperature: float = 0.0,
        top_p: float = 1.0,
        frequency_penalty: float = 0.0,
        repetition_penalty: float = 1.0,
        seed: int | None = None,
        stop: Sequence[str] = (),
        prefix: str = "",
        on_text: Callable[[str], None] | None = None,
    ) -> ServerReply:
        """Answer a conversation; the options are those of `handeye.model.runtime.Model.generate`.

        Before images of a size are sent for the first time, it makes sure that the model sees them at that size, with a
        request or two for a single token, unless it is not `checked`.

        Raises the errors of `handeye.agent.servers.errors`, `InvalidImage`, and `ContextTooLong`.
        """
        if isinstance(messages, str):
            raise TypeError("messages is a string: give a list of messages, such as [Message('user', (text,))]")
        if max_new_tokens < 1:
            raise ValueError(f"max_new_tokens must be at least 1, not {max_new_tokens}")
        kind = self.endpoint.kind
        turns = conversation([*messages, Message("assistant", (prefix,))] if prefix else messages, self.image_size)
        if self._checked:
            self.scale.require(self.image_size(Size(*image.size)) for image in images(messages))
        fields: dict[str, JsonValue] = {
            "messages": turns,
            "temperature": temperature,
            "top_p": top_p,
            "frequency_penalty": frequency_penalty,
            **sampling_fields(kind, repetition_penalty, frequency_penalty),
            "stream_options": {"include_usage": True},
        }
        if self._template:
            fields |= template_fields(kind, self._template)
        if seed is not None:
            fields["seed"] = seed
        if stop:
            fields["stop"] = list(stop)
        if notice := sampling_notice(kind, frequency_penalty):
            self.endpoint.notice(notice)
        if not prefix:
            return self.endpoint.complete(fields, max_new_tokens, "", on_text)
        continuing = continuing_fields(kind)
        cannot = (
            f"the server at {self.endpoint.connection.address.label} cannot be made to begin a reply with given text"
        )
        if continuing is None:
            raise PrefixRefused(f"{cannot}: serve the model with vLLM, SGLang or llama.cpp")
        try:
            return self.endpoint.complete({**fields, **continuing}, max_new_tokens, prefix, on_text)
        except RequestRefused as refusal:
            if any(name in refusal.said for name in ("continue_final_message", "add_generation_prompt")):
                raise PrefixRefused(f"{cannot}: use a newer version of it") from None
            raise

    def close(self) -> None:
        """Close the connection."""
        self.endpoint.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
