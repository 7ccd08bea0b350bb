"""A reply that is wanted: its prompt, what is asked of the engine, and the text that comes of the tokens."""

from collections.abc import Callable, Sequence
from typing import Literal

import torch

from handeye.actions.grammar import Rule
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.digits import Digit, placed
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.conversation.reply import Reply
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.errors import ContextTooLong, NonFiniteOutput
from handeye.model.grammar.matcher import Matcher


class PendingReply:
    """A conversation whose reply is wanted. Submit its `request` to an engine, and `complete` it when that is done."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        messages: Sequence[Message],
        sampling: Sampling,
        *,
        max_new_tokens: int,
        context: int | None = None,
        prefix: str = "",
        stop: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
        grammar: Rule | None = None,
    ) -> None:
        """Make the prompt; see `handeye.model.runtime.Model.generate`.

        context: the most tokens of prompt and reply together, if that is less than the model reads.

        Raises:
            InvalidImage: an image cannot be shown to the model.
            InvalidVideo: a video cannot be shown to the model.
            ContextTooLong: the prompt fills the context, or leaves no room for a reply that fits the grammar.
            ValueError: no reply fits the grammar, the prefix and `max_new_tokens`.
        """
        config, tokenizer = checkpoint.config, checkpoint.tokenizer
        self._checkpoint = checkpoint
        self._reply = Reply(tokenizer, stop, on_text, prefix)
        matcher = None if grammar is None else self._matcher(grammar, prefix)
        self.prompt = assemble(messages, tokenizer, checkpoint.preprocessor, config, prefix, checkpoint.template)
        pads = config.image_token_id, config.video_token_id
        known = () if sampling.repetition_penalty == 1 else self.prompt.ids(*pads)
        room = min(max_new_tokens, self._room(context))
        self.request = Request(self.prompt, checkpoint.preprocessor, room, sampling, self._ends, known)
        self._masked: Masked | None = None
        if matcher is not None:
            self._keep_to(matcher, max_new_tokens)

    @property
    def text(self) -> str:
        """The reply so far, from the prefix on."""
        return self._reply.text

    @property
    def finish(self) -> Literal["stop", "length"]:
        """Whether the model has ended the reply, or the limit of tokens, which also brings one with a grammar to its
        end."""
        hurried = self._masked is not None and self._masked.hurried
        return "stop" if self.request.finish == "stop" and not hurried else "length"

    @property
    def digits(self) -> tuple[Digit, ...]:
        """The digits of the text whose probabilities were kept."""
        request, counts = self.request, self._checkpoint.tokenizer.digit_counts
        return placed(self.text, len(self._reply.prefix), request.tokens, counts, request.digits)

    def complete(self) -> None:
        """Complete the text of a request that is done.

        Raises:
            OutOfMemory: the device has too little memory for the prompt.
            NonFiniteOutput: the network computed NaN or infinite numbers.
        """
        error = self.request.error
        if isinstance(error, NonFiniteOutput):
            raise NonFiniteOutput(f"{self._checkpoint.name} has no answer: {error}; {self._broken()}")
        if error is not None:
            raise error
        self._reply.close()

    def _matcher(self, grammar: Rule, prefix: str) -> Matcher:
        checkpoint = self._checkpoint
        return Matcher(checkpoint.compiler.compile(grammar, checkpoint.tokenizer, checkpoint.closing), prefix)

    def _keep_to(self, matcher: Matcher, max_new_tokens: int) -> None:
        """Let the reply be one that fits a grammar."""
        request = self.request
        if max_new_tokens < matcher.least:
            raise ValueError(f"max_new_tokens must be at least {matcher.least} for the grammar, not {max_new_tokens}")
        if request.room < matcher.least:
            raise ContextTooLong(
                f"the prompt has {len(self.prompt):,} tokens and leaves room for {request.room:,}, but the grammar "
                f"needs {matcher.least:,}: give fewer or smaller images (max_pixels), or less text"
            )
        request.choose = self._masked = Masked(request.choose, matcher, request.room)
        request.forced = matcher.forced

    def _room(self, context: int | None) -> int:
        most = self._checkpoint.config.text.max_position_embeddings
        most = most if context is None else min(most, context)
        if len(self.prompt) >= most:
            raise ContextTooLong(
                f"the prompt has {len(self.prompt):,} tokens, but {self._checkpoint.name} reads at most {most:,}: give "
                "fewer or smaller images (max_pixels), fewer frames of a video, or less text"
            )
        return most - len(self.prompt)

    def _ends(self, token: int) -> bool:
        return token in self._checkpoint.closing or self._reply.push(token)

    def _broken(self) -> str:
        """Say why the network computes NaN, and what to do."""
        for name, tensor in self._checkpoint.network.state_dict().items():
            numbers = tensor.bfloat16() if tensor.dtype is torch.float8_e4m3fn else tensor  # has no `isfinite`
            if not bool(numbers.isfinite().all()):
                return f"its weights hold NaN or infinite numbers ({name}): get another copy of the checkpoint"
        compute = self._checkpoint.network.compute
        advice = "get another copy of the checkpoint" if compute is torch.float32 else "use dtype float32"
        return f"numbers grew beyond the range of {str(compute).removeprefix('torch.')}: {advice}"
