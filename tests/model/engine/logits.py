"""The logits that an engine computes on its way, for tests that compare them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sample import Sampling
from handeye.model.prompt import Prompt


def make_engine(checkpoint: Checkpoint) -> Engine:
    return Engine(checkpoint.network, checkpoint.tokenizer.size)


def submit(
    engine: Engine, checkpoint: Checkpoint, prompt: Prompt, reply: Sequence[int]
) -> tuple[Request, list[Tensor]]:
    """Ask for a reply whose tokens are given; the list gets the logits before each of them, and after the last."""
    seen: list[Tensor] = []

    def choose(logits: Tensor) -> int:
        seen.append(logits.clone())
        return reply[len(seen) - 1] if len(seen) <= len(reply) else 0

    request = Request(prompt, checkpoint.preprocessor, len(reply) + 1, Sampling(), lambda token: False)
    request.choose = choose
    engine.submit(request)
    return request, seen


def logits_of(engine: Engine, checkpoint: Checkpoint, prompt: Prompt, reply: Sequence[int] = ()) -> Tensor:
    """Return the logits after a prompt and after each token of a reply, (1 + R, V)."""
    request, seen = submit(engine, checkpoint, prompt, reply)
    while not request.done:
        engine.step()
    assert request.error is None
    return torch.stack(seen)
