"""Prompts, and the logits that an engine computes on its way, for tests that compare them."""

from collections.abc import Callable, Sequence

import PIL.Image
import torch
from torch import Tensor

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling

MakeImage = Callable[..., PIL.Image.Image]
REPLY = [5, 80, 7, 120, 9]


def conversation(noise: MakeImage, *texts: str) -> list[Message]:
    """Return a conversation that grows by one screenshot for each text."""
    return [Message("user", (text, noise(112 + 28 * turn, 84, turn))) for turn, text in enumerate(texts)]


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


def close(ours: Tensor, theirs: Tensor) -> bool:
    return bool((ours - theirs).abs().max() <= 1e-5 * theirs.abs().max())
