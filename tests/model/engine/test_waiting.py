"""Requests for which there is no room yet."""

from collections.abc import Callable, Sequence

import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.blocks import Blocks
from handeye.model.engine.engine import Engine
from handeye.model.errors import OutOfMemory
from tests.model.engine.logits import REPLY, close, logits_of, make_engine, submit


def test_a_request_waits_for_room(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    prompt = build("one")
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=2 * len(prompt))
    texts = ("one", "two", "six")
    asked = [submit(engine, checkpoint, build(text), REPLY) for text in texts]
    engine.step()
    assert (engine.running, engine.waiting) == (1, 2)
    assert len(prompt) <= engine.used_tokens <= engine.capacity <= 2 * len(prompt)
    while engine.step():
        pass
    for (request, seen), text in zip(asked, texts, strict=True):
        assert request.finish == "length"
        assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, build(text), REPLY))


def test_a_request_that_waits_costs_nothing_until_something_changes(
    checkpoint: Checkpoint, build: Callable[..., Prompt], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its prompt is compared with what is known when it comes, when another prompt was read, and when one ended."""
    looked: list[int] = []
    lacking = Blocks.lacking

    def look(blocks: Blocks, keys: Sequence[int], room: int) -> int:
        looked.append(len(keys))
        return lacking(blocks, keys, room)

    monkeypatch.setattr(Blocks, "lacking", look)
    prompt, longer = build("one"), build("one", "two")
    room = len(prompt) + len(longer)
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=room, guess=False)
    first, _ = submit(engine, checkpoint, prompt, REPLY * 4)
    waits, _ = submit(engine, checkpoint, longer, REPLY * 4)
    while not first.done:
        engine.step()
    assert looked == [len(prompt), len(longer), len(longer)]
    while engine.step():
        pass
    assert looked == [len(prompt), *[len(longer)] * 3]
    assert waits.finish == "length"


def test_a_request_behind_one_that_is_cancelled_gets_its_turn(
    checkpoint: Checkpoint, build: Callable[..., Prompt]
) -> None:
    prompt = build("one")
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=len(prompt) + 64)
    first, _ = submit(engine, checkpoint, prompt, REPLY * 4)
    large, _ = submit(engine, checkpoint, build("six", "two"), REPLY)
    small, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY[:1])
    engine.step()
    assert (engine.running, engine.waiting) == (1, 2)
    engine.cancel(large)
    engine.step()
    assert (engine.running, engine.waiting) == (2, 0)
    while engine.step():
        pass
    assert first.finish == small.finish == "length"


def test_a_request_that_will_never_fit_says_so(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=64)
    small, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY)
    large, _ = submit(engine, checkpoint, build("one", "two"), REPLY)
    after, _ = submit(engine, checkpoint, build(Message("user", ("y",))), REPLY)
    while engine.step():
        pass
    assert isinstance(large.error, OutOfMemory)
    assert "there is room for 64" in str(large.error)
    assert small.finish == after.finish == "length"
