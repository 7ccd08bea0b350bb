"""What answers a conversation: a model on this machine, or one behind a server."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol, Self, TypeVar, cast, runtime_checkable

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Size
from handeye.actions.grammar import Rule
from handeye.agent.decision import TokenCount
from handeye.agent.prompts.profile import CheckpointProfile, Pixels
from handeye.model.conversation.digits import Digit
from handeye.model.conversation.messages import Message


class Answered(Protocol):
    """An answer, and what it took."""

    @property
    def text(self) -> str:
        """The whole answer, with the prefix that it was made to begin with."""

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens of the prompt, visual tokens included; None if they were not counted."""

    @property
    def cached_tokens(self) -> int:
        """Those of them that were reused from a cache."""

    @property
    def generated_tokens(self) -> int | None:
        """Tokens of the answer; None if they were not counted."""

    @property
    def finish(self) -> Literal["stop", "length"]:
        """ "length" if it reached the limit of tokens."""


@runtime_checkable
class Measured(Protocol):
    """An answer whose digits come with their probabilities."""

    @property
    def digits(self) -> Sequence[Digit]:
        """Its digits, as far as they were measured."""


@runtime_checkable
class Noticing(Protocol):
    """Something that its user should know more about."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What that is, each in a line, as far as it is known by now."""


class Backend(Protocol):
    """Answers conversations."""

    @property
    def name(self) -> str:
        """The name of the checkpoint."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Other names that say what the checkpoint is."""

    @property
    def pixel_limits(self) -> tuple[int, int]:
        """The least and the greatest area at which the model sees an image, in pixels."""

    def image_size(self, size: Size) -> Size:
        """Return the size at which the model sees an image of `size`."""

    def seeing(self, min_pixels: int, max_pixels: int, /) -> Self:
        """Return the same model with other limits of an image's area, in pixels."""

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
    ) -> Answered:
        """Answer a conversation; see `handeye.model.runtime.Model.generate`."""


class Unconstrainable(HandeyeError):
    """A backend cannot be kept to a rule while it writes."""


class Constrainable(Backend, Protocol):
    """A backend that can be kept to a rule while it writes."""

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
        grammar: Rule | None = None,
    ) -> Answered:
        """Answer a conversation with a text that the rule `grammar` describes, if there is one."""


def constrainable(backend: Backend) -> Constrainable:
    """Return the backend; raise `Unconstrainable` if it takes no rule."""
    if "grammar" not in inspect.signature(backend.generate).parameters:
        raise Unconstrainable(
            f"{backend.name} cannot be kept to valid replies, only a model that handeye's own engine runs can: load it "
            "here without --backend and --server, or leave out --constrain"
        )
    return cast(Constrainable, backend)


@runtime_checkable
class Squaring(Protocol):
    """A backend that does not know the model's grid, and resizes images to that of a profile."""

    def squared(self, factor: int, /) -> Self:
        """Return the same model with sides of images that are multiples of `factor` pixels."""


@runtime_checkable
class Templated(Protocol):
    """A backend whose model has a chat template of its own, which takes options."""

    def templated(self, options: Mapping[str, bool], /) -> Self:
        """Return the same model whose chat template is told `options`, such as {"thinking": False}."""


AnyBackend = TypeVar("AnyBackend", bound=Backend)


def limited(backend: AnyBackend, profile: CheckpointProfile, max_pixels: int | None = None) -> AnyBackend:
    """Return the backend as a profile asks for: its grid and what the model's template is told, where they are open.

    Images have the profile's limits, else the backend's own, and at most `max_pixels` in any case.
    """
    if isinstance(backend, Squaring):
        backend = backend.squared(profile.factor)
    if isinstance(backend, Templated) and profile.template:
        backend = backend.templated(dict.fromkeys(profile.template, False))
    if profile.pixels is None and max_pixels is None:
        return backend
    limits = Pixels(*backend.pixel_limits) if profile.pixels is None else profile.pixels
    most = limits.most if max_pixels is None else min(limits.most, max_pixels)
    return backend.seeing(min(limits.least, most), most)


def counted(answer: Answered, seconds: float) -> TokenCount | None:
    """Return what an answer took; None if its tokens were not counted."""
    if answer.prompt_tokens is None or answer.generated_tokens is None:
        return None
    return TokenCount(answer.prompt_tokens, answer.cached_tokens, answer.generated_tokens, seconds)


def digits_of(answer: Answered) -> Sequence[Digit]:
    """Return the digits of an answer with their probabilities; none if they are not known."""
    return answer.digits if isinstance(answer, Measured) else ()


def total(counts: Iterable[TokenCount | None]) -> TokenCount | None:
    """Return what several answers took together; None if one of them was not counted, or there is none."""
    whole: TokenCount | None = None
    for count in counts:
        if count is None:
            return None
        whole = count if whole is None else whole + count
    return whole


def notices_of(*parts: object) -> tuple[str, ...]:
    """Return the notices of those that have any, each once."""
    return tuple(dict.fromkeys(notice for part in parts if isinstance(part, Noticing) for notice in part.notices))
