"""Weights stored in bfloat16 and used in float32: the numbers of a float32 network with the same weights."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
import torch
from torch import nn

from handeye.model.architecture import layers
from handeye.model.architecture.layers import Linear, is_plain, linear, rms_norm
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.engine.engine import Engine
from handeye.model.runtime import Model
from tests.model.engine.logits import logits_of


@pytest.mark.parametrize("block", [1, 37, 10**6])
@pytest.mark.parametrize("bias", [True, False])
def test_a_weight_in_blocks(monkeypatch: pytest.MonkeyPatch, block: int, bias: bool) -> None:
    monkeypatch.setattr(layers, "_BLOCK", block)
    layer = Linear(5, 20, bias=bias)
    x = torch.randn(2, 3, 5)
    narrow = layer.weight.to(torch.bfloat16)
    expected = nn.functional.linear(x, narrow.float(), layer.bias)
    found = linear(x, narrow, layer.bias)
    assert found.dtype is torch.float32
    assert torch.allclose(found, expected, atol=1e-6)
    row = linear(x[:1, :1], narrow, layer.bias)
    assert (row.dtype, row.shape) == (torch.float32, (1, 1, 20))
    assert torch.allclose(row, expected[:1, :1], atol=2e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("eps", [1e-6, 0.0])
def test_the_norm_of_one_row_is_that_of_a_row_among_others(dtype: torch.dtype, eps: float) -> None:
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(9, 48, generator=generator).to(dtype)
    rows[1:] = rows[1:] * torch.tensor([1e-30, 1e-12, 1e-3, 1e3, 1e15, 1e25, 0, math.inf]).to(dtype)[:, None]
    weight = torch.randn(48, generator=generator).to(dtype)
    with torch.no_grad():
        together = rms_norm(rows, weight, eps)
        found = torch.cat([rms_norm(row[None], weight, eps) for row in rows])
    assert found.dtype is dtype
    assert torch.allclose(found, together, rtol=1e-6 if dtype is torch.float32 else 2**-7, equal_nan=True)
    assert torch.equal(found.isfinite(), together.isfinite())


@pytest.mark.parametrize("tied", [False, True])
def test_a_cpu_without_bfloat16(
    write: Callable[..., Path],
    tmp_path: Path,
    noise: Callable[..., PIL.Image.Image],
    monkeypatch: pytest.MonkeyPatch,
    tied: bool,
) -> None:
    folder = write(tmp_path / "a", tied=tied)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    monkeypatch.setattr(layers, "_BLOCK", 2500)
    narrow = replace(open_checkpoint(folder, device="cpu", dtype="bfloat16"), closing=frozenset())
    wide = replace(open_checkpoint(folder, device="cpu", dtype="float32"), closing=frozenset())
    formats = {name: tensor.dtype for name, tensor in narrow.network.state_dict().items()}
    assert {tensor for name, tensor in formats.items() if "_proj.weight" in name} == {torch.bfloat16}
    assert formats["model.embed_tokens.weight"] is torch.bfloat16
    assert formats["model.norm.weight"] is formats["visual.patch_embed.proj.weight"] is torch.float32
    with torch.no_grad():
        for name, tensor in wide.network.state_dict().items():
            tensor.copy_(narrow.network.state_dict()[name])
    model = Model(narrow)
    assert (model.dtype, narrow.network.compute) == (torch.bfloat16, torch.float32)
    messages = [Message("user", ("look", noise(140, 112), "click the button"))]
    prompt = assemble(messages, narrow.tokenizer, narrow.preprocessor, narrow.config)
    read, stepped = logits_of(Engine(narrow.network, narrow.tokenizer.size), narrow, prompt, [5])
    expected, expected_step = logits_of(Engine(wide.network, narrow.tokenizer.size), narrow, prompt, [5])
    assert (read - expected).abs().max() <= 0.01 * expected.abs().max()  # the last rows are single ones
    assert (stepped - expected_step).abs().max() <= 0.03 * expected_step.abs().max()
    assert model.generate(messages, max_new_tokens=8).token_ids
    assert model.generate([*messages, Message("user", ("and?",))], max_new_tokens=4).cached_tokens > 0


def test_what_is_plain() -> None:
    layer = Linear(2, 2)
    assert is_plain(layer, Linear, nn.Linear)
    assert not is_plain(layer, nn.Linear)
    layer.register_forward_hook(lambda module, given, y: None)
    assert not is_plain(layer, Linear)
