"""Writes a reply as the API has it."""

import time
import uuid
from collections.abc import Sequence

from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.pending import PendingReply
from handeye.model.serve.answers import (
    Choice,
    ChoiceLogprobs,
    Chunk,
    ChunkChoice,
    Completion,
    Delta,
    DeltaToolCall,
    Finish,
    FunctionCall,
    LikelyToken,
    MessageToolCall,
    PromptDetails,
    ReplyMessage,
    TokenLogprob,
    Usage,
)
from handeye.model.serve.calls import Call
from handeye.model.serve.logprobs import Taken, TokenProbability

LOWEST = -9999.0
"""What OpenAI's API has for a token that has no probability; JSON has no infinity."""


class Renderer:
    """Writes one reply, whole or in pieces."""

    def __init__(self, model: str, tokenizer: Tokenizer, *, logprobs: bool) -> None:
        """logprobs: whether the probabilities of tokens are told."""
        self._model = model
        self._tokenizer = tokenizer
        self._logprobs = logprobs
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())

    def completion(
        self, text: str, calls: Sequence[Call], taken: Sequence[Taken], finish: Finish, usage: Usage
    ) -> Completion:
        """Return a whole reply."""
        made = [MessageToolCall(id=_call_id(), function=_function(call)) for call in calls]
        message = ReplyMessage(content=text or (None if made else ""), tool_calls=made or None)
        choice = Choice(message=message, logprobs=self._told(taken), finish_reason=finish)
        return Completion(id=self._id, created=self._created, model=self._model, choices=[choice], usage=usage)

    def opening(self) -> str:
        """Return the event that begins a stream."""
        return self._event(Delta(role="assistant", content=""))

    def text(self, text: str, taken: Sequence[Taken]) -> str:
        """Return the event of a piece of text."""
        return self._event(Delta(content=text), taken)

    def call(self, index: int, call: Call, taken: Sequence[Taken]) -> str:
        """Return the event of a call."""
        return self._event(
            Delta(tool_calls=[DeltaToolCall(index=index, id=_call_id(), function=_function(call))]), taken
        )

    def closing(self, finish: Finish) -> str:
        """Return the event that ends the reply."""
        return self._event(Delta(), finish=finish)

    def usage(self, usage: Usage) -> str:
        """Return the event of the number of tokens."""
        return self._written(Chunk(id=self._id, created=self._created, model=self._model, choices=[], usage=usage))

    def _event(self, delta: Delta, taken: Sequence[Taken] = (), finish: Finish | None = None) -> str:
        choice = ChunkChoice(delta=delta, logprobs=self._told(taken) if taken else None, finish_reason=finish)
        return self._written(Chunk(id=self._id, created=self._created, model=self._model, choices=[choice]))

    @staticmethod
    def _written(chunk: Chunk) -> str:
        return f"data: {chunk.model_dump_json()}\n\n"

    def _told(self, taken: Sequence[Taken]) -> ChoiceLogprobs | None:
        if not self._logprobs:
            return None
        return ChoiceLogprobs(
            content=[
                TokenLogprob(
                    **self._likely(each.chosen).model_dump(), top_logprobs=[*map(self._likely, each.likeliest)]
                )
                for each in taken
            ]
        )

    def _likely(self, told: TokenProbability) -> LikelyToken:
        data = self._tokenizer.bytes_of(told.token)
        return LikelyToken(token=data.decode("utf-8", "replace"), logprob=max(told.logprob, LOWEST), bytes=[*data])


def usage_of(pending: PendingReply) -> Usage:
    """Return the number of tokens of a request that is done."""
    read, written = len(pending.prompt), len(pending.request.tokens)
    return Usage(
        prompt_tokens=read,
        completion_tokens=written,
        total_tokens=read + written,
        prompt_tokens_details=PromptDetails(cached_tokens=pending.request.cached),
    )


def _function(call: Call) -> FunctionCall:
    return FunctionCall(name=call.name, arguments=call.arguments)


def _call_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
