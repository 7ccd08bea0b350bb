"""The layer that is to blame for numbers that are not finite."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine import blame
from handeye.model.engine import engine as engine_module
from handeye.model.engine.blame import broken_layer
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner
from handeye.model.errors import NonFiniteOutput
from tests.model.engine.logits import REPLY, close, logits_of, make_engine, submit


def hooks(network: nn.Module) -> int:
    return sum(len(module._forward_hooks) for module in network.modules())


def breaking(module: nn.Module, given: object, result: torch.Tensor) -> torch.Tensor:
    return torch.full_like(result, torch.nan)


def asked(checkpoint: Checkpoint, build: Callable[..., Prompt], *contents: object) -> Request:
    return submit(make_engine(checkpoint), checkpoint, build(*contents), REPLY)[0]


@pytest.mark.parametrize("name", ["visual.blocks.0", "model.layers.1.self_attn", "model.embed_tokens"])
def test_the_first_layer_is_named(checkpoint: Checkpoint, build: Callable[..., Prompt], name: str) -> None:
    request = asked(checkpoint, build, "one")
    assert request.prompt.pictures
    assert broken_layer(checkpoint.network, request) is None
    hook = checkpoint.network.get_submodule(name).register_forward_hook(breaking)
    try:
        assert broken_layer(checkpoint.network, request) == name
        assert hooks(checkpoint.network) == 1
    finally:
        hook.remove()


def test_what_comes_up_in_the_reply_is_found(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    request = asked(checkpoint, build, Message("user", ("x",)))
    token = next(token for token in range(checkpoint.tokenizer.size) if token not in request.prompt.keys)
    row = checkpoint.network.model.embed_tokens.weight[token]
    before = row.clone()
    with torch.no_grad():
        row.fill_(torch.inf)
    try:
        assert broken_layer(checkpoint.network, request) is None
        request.tokens = [*request.prompt.keys[:2], token]
        assert broken_layer(checkpoint.network, request) == "model.embed_tokens"
    finally:
        with torch.no_grad():
            row.copy_(before)


def test_without_memory_for_it_none_is_named(
    checkpoint: Checkpoint, build: Callable[..., Prompt], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(Runner, "prepare", full)
    assert broken_layer(checkpoint.network, asked(checkpoint, build, "one")) is None
    assert hooks(checkpoint.network) == 0


def test_the_others_go_on(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    expected = logits_of(make_engine(checkpoint), checkpoint, build("one"), REPLY)
    engine = make_engine(checkpoint)
    good, seen = submit(engine, checkpoint, build("one"), REPLY)
    bad, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY)
    engine.step()
    place = bad.table.slots(0, 1)[0].start if bad.table is not None else -1
    with torch.inference_mode():
        engine._runner.pages._values[0][:, :, place] = float("nan")
    hook = checkpoint.network.model.layers[1].mlp.register_forward_hook(
        lambda module, given, result: result * torch.nan if result.shape[1] == len(bad.contents) else None
    )
    try:
        while engine.step():
            pass
    finally:
        hook.remove()
    assert isinstance(bad.error, NonFiniteOutput)
    assert str(bad.error).endswith("the first numbers that are not finite are those of model.layers.1.mlp")
    assert good.finish == "length"
    assert close(torch.stack(seen), expected)


def test_replies_that_fail_together_are_told_the_same(
    checkpoint: Checkpoint, build: Callable[..., Prompt], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The prompt of one is read again, in the chunks of the engine: the others wait meanwhile."""
    asked: list[Request] = []
    read: list[int] = []
    find, run = blame.broken_layer, Runner.run
    monkeypatch.setattr(engine_module, "broken_layer", lambda *given: asked.append(given[1]) or find(*given))
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=8, guess=False)
    requests = [submit(engine, checkpoint, build(Message("user", (text * 12,))), REPLY * 9)[0] for text in "xyz"]
    while not all(request.tokens for request in requests):
        engine.step()
    monkeypatch.setattr(Runner, "run", lambda runner, turns: read.append(turns[0].new) or run(runner, turns))
    weight = checkpoint.network.model.norm.weight
    good = weight.clone()
    try:
        with torch.no_grad():
            weight.fill_(torch.nan)
        while engine.step():
            pass
    finally:
        with torch.no_grad():
            weight.copy_(good)
    assert len(asked) == 1
    assert [str(request.error).rpartition(" ")[2] for request in requests] == ["model.norm"] * 3
    assert max(read[1:]) <= 8
