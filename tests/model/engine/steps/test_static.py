"""Tokens read in tensors that never move: the same logits as the network's own modules."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
import torch

from handeye.model.architecture.layers import RMSNorm
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.engine import runner
from handeye.model.engine.engine import Engine
from handeye.model.engine.pages import Pages
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.engine.steps.graph import Recorder
from handeye.model.engine.steps.static import StaticDecoder
from handeye.model.kernels.twin import TorchKernels
from handeye.model.runtime import Model
from tests.model.engine.asking import asked, replies

Noise = Callable[..., PIL.Image.Image]


@pytest.fixture
def static(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have engines decode as they do on a GPU."""

    def chosen(network: Qwen2_5_VL, pages: Pages) -> StaticDecoder:
        assert StaticDecoder.can_run(network)
        return StaticDecoder(network, pages, TorchKernels())

    monkeypatch.setattr(runner, "choose_decoder", chosen)


def opened(folder: Path) -> Checkpoint:
    return replace(open_checkpoint(folder, device="cpu"), closing=frozenset())


def answered(checkpoint: Checkpoint, prompts: list[list[Message]], *, together: bool) -> list[list[int]]:
    """Return the replies of a new engine to prompts."""
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=64, guess=False)
    return replies(engine, [asked(checkpoint, prompt, 40) for prompt in prompts], together=together)


def test_the_memory_may_move(folder: Path, noise: Noise, static: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer prompt makes the pages grow, and an empty engine frees them: what was recorded is recorded again."""
    renewed: list[Recorder] = []
    monkeypatch.setattr(Recorder, "renew", lambda recorder: renewed.append(recorder))
    checkpoint = opened(folder)
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size)
    short, long = [Message("user", ("go",))], [Message("user", ("scroll down and click " * 30, noise(224, 168)))]
    model = Model(checkpoint, engine)
    first = model.generate(short, max_new_tokens=12).token_ids
    assert (
        model.generate(long, max_new_tokens=12).token_ids
        == Model(checkpoint).generate(long, max_new_tokens=12).token_ids
    )
    assert model.generate(short, max_new_tokens=12).token_ids == first
    engine.forget()
    renewed.clear()
    assert model.generate(short, max_new_tokens=12).token_ids == first
    assert len(renewed) == 1  # with other working memory


def test_eight_bits_made_at_load(folder: Path, request: pytest.FixtureRequest) -> None:
    checkpoint = replace(open_checkpoint(folder, device="cpu", dtype="fp8"), closing=frozenset())
    messages = [Message("user", ("click the button",))]
    expected = Model(checkpoint).generate(messages, max_new_tokens=12).token_ids
    request.getfixturevalue("static")
    found = Model(checkpoint).generate(messages, max_new_tokens=12).token_ids
    assert found[:4] == expected[:4]  # in bfloat16, sums are rounded in another order


def test_many_rows_are_left_to_the_modules(folder: Path, monkeypatch: pytest.MonkeyPatch, static: None) -> None:
    checkpoint = opened(folder)
    prompts = [[Message("user", (f"click {number}",))] for number in range(5)]
    expected = answered(checkpoint, prompts, together=False)
    monkeypatch.setattr(StaticDecoder, "MOST_ROWS", 4)
    assert answered(checkpoint, prompts, together=True) == expected


def test_replies_beside_a_prompt_are_left_to_it(
    folder: Path, noise: Noise, monkeypatch: pytest.MonkeyPatch, static: None
) -> None:
    rows: list[int] = []
    logits = StaticDecoder.logits
    monkeypatch.setattr(
        StaticDecoder,
        "logits",
        lambda decoder, tokens, *given: rows.append(len(tokens)) or logits(decoder, tokens, *given),
    )
    checkpoint = opened(folder)
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=16, guess=False)
    prompts = [
        [Message("user", ("go",))],
        [Message("user", ("on",))],
        [Message("user", (noise(112, 84), "a long one"))],
    ]
    requests = [asked(checkpoint, prompt, 40) for prompt in prompts]
    for request in requests[:2]:
        engine.submit(request)
    while not all(request.tokens for request in requests[:2]):
        assert engine.step()
    engine.submit(requests[2])
    before = len(requests[0].tokens)
    rows.clear()
    while not requests[2].tokens:
        assert engine.step()
    assert len(requests[0].tokens) > before + 1
    assert rows == [2] * (len(requests[0].tokens) - before)
    while engine.step():
        pass
    assert [request.tokens for request in requests] == answered(checkpoint, prompts, together=False)


def test_too_many_replies_beside_a_prompt_are_read_with_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, static: None
) -> None:
    """Else the modules would read all weights twice."""
    monkeypatch.setattr(StaticDecoder, "MOST_ROWS", 1)
    checkpoint = opened(folder)
    passes: list[int] = []
    run = checkpoint.network.model.run
    monkeypatch.setattr(
        checkpoint.network.model, "run", lambda x, *given, **named: passes.append(x.shape[1]) or run(x, *given, **named)
    )
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=16, guess=False)
    requests = [asked(checkpoint, [Message("user", (text,))], 40) for text in ("go", "on", "a longer one")]
    for request in requests[:2]:
        engine.submit(request)
    while not all(request.tokens for request in requests[:2]):
        assert engine.step()
    passes.clear()
    engine.submit(requests[2])
    steps = 0
    while not requests[2].tokens:
        assert engine.step()
        steps += 1
    assert steps > 1 and len(passes) == steps


def test_a_hook_is_heard(folder: Path, static: None) -> None:
    network = opened(folder).network
    assert StaticDecoder.can_run(network)
    handle = network.model.layers[1].mlp.register_forward_hook(lambda module, given, y: None)
    assert not StaticDecoder.can_run(network)
    handle.remove()
    network.lm_head.forward = network.lm_head.forward  # type: ignore[method-assign]
    assert not StaticDecoder.can_run(network)


def test_a_module_of_another_class_is_heard(folder: Path, static: None) -> None:
    """Of these, only weights are read."""

    class Quiet(RMSNorm):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x) / 2

    network = opened(folder).network
    plain = network.model.norm
    network.model.norm = Quiet(plain.weight.shape[0], plain.eps)
    assert not StaticDecoder.can_run(network)
    network.model.norm = plain
    assert StaticDecoder.can_run(network)


def test_rows_without_a_sequence_write_nowhere(folder: Path, static: None) -> None:
    """Three sequences take four rows; what the fourth writes is in no block."""
    checkpoint = opened(folder)
    prompts = [[Message("user", (f"click {number}",))] for number in range(3)]
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, guess=False)
    pages = engine._runner.pages
    requests = []
    for prompt in prompts:
        built = assemble(prompt, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
        requests.append(Request(built, checkpoint.preprocessor, 8, Sampling(), lambda token: False))
        engine.submit(requests[-1])
    engine.step()  # the prompts
    known = {
        slot
        for request in requests
        if request.table is not None
        for part in request.table.slots(0, request.table.length + 1)
        for slot in part
    }
    before = [tensor.clone() for tensor in pages.layer(0)]
    engine.step()
    for old, new in zip(before, pages.layer(0), strict=True):
        changed = (old.nan_to_num() != new.nan_to_num()).any(dim=(0, 1, 3)).nonzero().flatten().tolist()
        assert {*changed} <= known | {pages.unused}
        assert len(changed) >= 3
