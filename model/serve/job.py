"""One request on its way: prepared, submitted to the engine, and heard piece by piece."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.pending import PendingReply
from handeye.model.serve.conversation import Conversation, conversation
from handeye.model.serve.logprobs import Logprobs, Taken
from handeye.model.serve.media import Media
from handeye.model.serve.metrics import Metrics
from handeye.model.serve.schemas import ChatRequest
from handeye.model.serve.service import Service
from handeye.model.serve.structure import Grammars


class Piece(NamedTuple):
    """A piece of a reply."""

    text: str
    taken: tuple[Taken, ...]
    """The tokens since the last piece, if their probabilities are wanted."""


class Job:
    """A request of a client. Use it on the loop of events on which it was made; `prepare` on any thread."""

    def __init__(self, service: Service, request: ChatRequest, grammars: Grammars, metrics: Metrics) -> None:
        self._service = service
        self._grammars = grammars
        self._metrics = metrics
        self._began = time.perf_counter()
        self._asked = request
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[Piece | None] = asyncio.Queue()
        self._pending: PendingReply | None = None
        self._logprobs: Logprobs | None = None
        self._unsent = 0
        """Characters at the beginning of the reply that the client knows already."""

    @property
    def pending(self) -> PendingReply:
        """The reply, once it is prepared."""
        assert self._pending is not None
        return self._pending

    def prepare(self, folder: Path | None) -> None:
        """Read the conversation and make the prompt, which takes a while; `folder` holds files that it may name.

        Raises `Refused`, `InvalidImage`, `InvalidVideo`, `ContextTooLong`, and `MissingDependency`.
        """
        asked, checkpoint = self._asked, self._service.checkpoint
        constrained = self._grammars.constraint(asked.response_format)
        with Media(folder) as media:
            read = conversation(asked, media, checkpoint.template.system)
            self._pending = self._made(read)
        request = self._pending.request
        self._unsent = len(read.prefix) if read.told else 0
        if constrained is not None:
            request.choose = Masked(request.choose, constrained, request.room)
        if asked.logprobs:
            request.choose = self._logprobs = Logprobs(request.choose, asked.top_logprobs or 0, checkpoint.closing)

    def _made(self, read: Conversation) -> PendingReply:
        asked = self._asked
        return PendingReply(
            self._service.checkpoint,
            read.messages,
            Sampling(
                temperature=1.0 if asked.temperature is None else asked.temperature,
                top_p=1.0 if asked.top_p is None else asked.top_p,
                seed=asked.seed,
                frequency_penalty=asked.frequency_penalty or 0.0,
                repetition_penalty=1.0 if asked.repetition_penalty is None else asked.repetition_penalty,
            ),
            max_new_tokens=asked.max_completion_tokens or asked.max_tokens or self._service.limits.reply,
            context=self._service.context,
            prefix=read.prefix,
            stop=asked.stops,
            on_text=self._hear,
        )

    def submit(self) -> None:
        """Let the engine begin. Raises `Refused` if the server is stopping."""
        self._service.submit(self.pending.request, self._end)

    def cancel(self) -> None:
        """End it, if it has not ended."""
        if self._pending is not None and not self._pending.request.done:
            self._service.cancel(self._pending.request)

    async def pieces(self) -> AsyncIterator[Piece]:
        """Yield the pieces of the reply. Raises why it failed."""
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if self.pending.request.error is not None:
            await asyncio.to_thread(self.pending.complete)  # raises; it may look through all weights for the reason

    def _hear(self, text: str) -> None:
        """Pass on a piece of the text, on the thread of the engine."""
        skipped = min(self._unsent, len(text))
        self._unsent -= skipped
        self._put(Piece(text[skipped:], self._logprobs.take() if self._logprobs is not None else ()))

    def _end(self) -> None:
        """Pass on the rest, on the thread of the engine."""
        try:
            self._metrics.count(self.pending, self._began)
            if self.pending.request.error is None:
                self.pending.complete()
                if self._logprobs is not None:
                    self._put(Piece("", self._logprobs.take()))
        except Exception as error:
            self.pending.request.error = error
            raise
        finally:
            self._put(None)  # whoever listens waits for it

    def _put(self, piece: Piece | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)
