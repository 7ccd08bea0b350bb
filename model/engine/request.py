"""One reply: what is asked of the engine, and how far it is."""

import time
from collections.abc import Callable, Sequence
from typing import Literal

from torch import Tensor

from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.blocks import Table
from handeye.model.engine.draft import Draft
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.images.preprocess import Preprocessor

Finish = Literal["stop", "length", "cancelled"]
Moment = Literal["prepared", "seen", "read", "ended"]


class Request:
    """A prompt whose reply is wanted, from `Engine.submit` to the end of the reply.

    The engine writes it; others read what is public. It holds memory of the device only while it runs.
    """

    def __init__(
        self,
        prompt: Prompt,
        preprocessor: Preprocessor,
        room: int,
        sampling: Sampling,
        ends: Callable[[int], bool],
        known: Sequence[int] = (),
    ) -> None:
        """`ends` is called with each token, in order, and tells whether it is the last one.

        preprocessor: makes the patches of the prompt's images and videos.
        room: the most tokens that the reply may have.
        known: the ids of the prompt; only a repetition penalty needs them.
        """
        self.prompt = prompt
        self.preprocessor = preprocessor
        self.room = room
        self.tokens: list[int] = []
        """The reply so far."""
        self.digits: dict[int, tuple[float, ...]] = {}
        """The probabilities of the digits 0 to 9, where the reply has one, by the number of the token in it."""
        self.cached = 0
        """Tokens of the prompt that had been read for an earlier request."""
        self.guessed = 0
        """Tokens of the reply that were guessed rightly, and took no forward pass of their own."""
        self.finish: Finish | None = None
        """Why the reply ended; None while it goes on, or if it failed."""
        self.error: Exception | None = None
        """Why there is no reply."""
        self.moments: dict[Moment, float] = {}
        """When its images were prepared and encoded, when its prompt was read, and when it ended, as the monotonic
        clock counts."""
        self.choose = sampling.chooser(known)
        self.forced: Callable[[], Sequence[int]] | None = None
        """Returns the tokens that must come next, as far as that is known, for guesses; None if any may come."""
        self.ends = ends
        self.table: Table | None = None
        """Its slots, while it runs."""
        self.rest: Tensor | None = None
        """The embeddings (1, L, D) of the part of the prompt that is not read yet."""
        self.turns: tuple[Tensor, Tensor] | None = None
        """cos and sin (1, L, 1, E) of the next tokens: of the rest of the prompt, later of some tokens ahead."""
        self.position = 0
        """Of the next token of the reply, on all axes."""
        self.draft: Draft | None = None
        """What guesses its next tokens; None if nothing does, or nothing yet."""
        self._contents = prompt.contents

    @property
    def done(self) -> bool:
        """Whether it has ended, in one way or another."""
        return self.finish is not None or self.error is not None

    @property
    def contents(self) -> tuple[int, ...]:
        """One number for each token of the prompt and of the reply so far; see `Prompt.contents`."""
        return (*self._contents, *self.tokens)

    def mark(self, moment: Moment) -> None:
        """Note that it has come so far."""
        self.moments[moment] = time.perf_counter()
