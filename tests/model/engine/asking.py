"""Requests of a checkpoint, and the replies of an engine to them."""

from collections.abc import Sequence

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling


def asked(checkpoint: Checkpoint, prompt: Prompt | Sequence[Message], room: int) -> Request:
    """Return a request for the likeliest tokens, which ends with its room."""
    if not isinstance(prompt, Prompt):
        prompt = assemble(prompt, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    return Request(prompt, checkpoint.preprocessor, room, Sampling(), lambda token: False)


def replies(engine: Engine, requests: Sequence[Request], *, together: bool) -> list[list[int]]:
    """Return the replies to requests, which are asked all at once or one after the other."""
    for request in requests:
        engine.submit(request)
        while not together and engine.step():
            pass
    while engine.step():
        pass
    assert [request.error for request in requests] == [None] * len(requests)
    return [request.tokens for request in requests]
