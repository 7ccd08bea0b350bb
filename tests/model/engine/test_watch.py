"""A network that is changed after loading: the change takes effect, in prompts, token by token, and over the cache."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import separate
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.engine.steps.decode import TokenDecoder
from handeye.model.engine.watch import Watch
from handeye.model.runtime import Model

Change = Callable[[Qwen2_5_VL], object]


class Adapted(nn.Module):
    """A linear layer with a low-rank change, as adapters wrap one."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        generator = torch.Generator().manual_seed(5)
        self.down = nn.Parameter(torch.randn(4, base.in_features, generator=generator), requires_grad=False)
        self.up = nn.Parameter(torch.randn(base.out_features, 4, generator=generator), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.base(x) + x @ self.down.T @ self.up.T
        return y


def other(layer: nn.Linear) -> nn.Linear:
    new = nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
    generator = torch.Generator().manual_seed(4)
    for parameter in new.parameters():
        nn.init.normal_(parameter, std=0.6, generator=generator)
    return new.requires_grad_(requires_grad=False)


def replace_module(path: str) -> Change:
    def change(network: Qwen2_5_VL) -> None:
        network.set_submodule(path, other(network.get_submodule(path)))  # type: ignore[arg-type]

    return change


def wrap_module(path: str) -> Change:
    def change(network: Qwen2_5_VL) -> None:
        network.set_submodule(path, Adapted(network.get_submodule(path)))  # type: ignore[arg-type]

    return change


def edit(path: str, how: str) -> Change:
    def change(network: Qwen2_5_VL) -> None:
        owner, name = network.get_submodule(path.rpartition(".")[0]), path.rpartition(".")[2]
        tensor = getattr(owner, name)
        new = tensor + 0.5 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(6))
        if how == "in place":
            with torch.no_grad():
                tensor.copy_(new)
        elif how == "data":
            tensor.data = new
        else:
            setattr(owner, name, nn.Parameter(new, requires_grad=False))

    return change


def hook(path: str) -> Change:
    return lambda network: network.get_submodule(path).register_forward_hook(lambda module, given, y: y * 1.7)


def own_forward(path: str) -> Change:
    def change(network: Qwen2_5_VL) -> None:
        module = network.get_submodule(path)
        real = module.forward
        module.forward = lambda x: 1.6 * real(x)  # type: ignore[method-assign]

    return change


def take_apart(network: Qwen2_5_VL) -> None:
    separate(network, "model.layers.1.self_attn.qkv_proj")
    replace_module("model.layers.1.self_attn.qkv_proj.k_proj")(network)


CHANGES: dict[str, Change] = {
    **{f"replaced {path}": replace_module(path) for path in (
        "model.layers.1.self_attn.qkv_proj", "model.layers.0.mlp.gate_up_proj", "model.layers.2.mlp.down_proj",
        "model.layers.1.self_attn.o_proj", "lm_head", "visual.blocks.1.mlp.gate_up_proj", "visual.blocks.0.attn.qkv",
    )},
    **{f"wrapped {path}": wrap_module(path) for path in (
        "model.layers.1.self_attn.qkv_proj", "model.layers.0.mlp.gate_up_proj", "lm_head",
        "visual.blocks.2.mlp.down_proj",
    )},
    "the projections taken apart": take_apart,
    **{f"{how} {path}": edit(path, how) for how in ("in place", "data", "parameter") for path in (
        "model.layers.1.self_attn.qkv_proj.weight", "model.layers.1.self_attn.qkv_proj.bias",
        "model.layers.2.mlp.gate_up_proj.weight", "model.layers.0.input_layernorm.weight", "model.norm.weight",
        "model.embed_tokens.weight",
    )},
    "hook on a projection": hook("model.layers.1.self_attn.qkv_proj"),
    "hook on a layer": hook("model.layers.2.mlp"),
    "forward of its own": own_forward("model.layers.0.mlp.gate_up_proj"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_takes_effect(folder: Path, noise: Callable[..., PIL.Image.Image], change: Change) -> None:
    """The reply is that of a network which was changed before it had read anything."""
    messages = [Message("user", (noise(112, 84), "click the button"))]

    def answer(model: Model) -> tuple[int, ...]:
        return model.generate(messages, max_new_tokens=12, temperature=1.0, seed=0).token_ids

    used = Model(replace(open_checkpoint(folder, device="cpu"), closing=frozenset()))
    before = answer(used)
    fresh = open_checkpoint(folder, device="cpu").network
    change(used._checkpoint.network)
    change(fresh)
    after = answer(used)
    assert after == answer(Model(replace(used._checkpoint, network=fresh)))
    assert after != before


def test_an_unchanged_network_keeps_its_cache_and_the_fast_path(folder: Path) -> None:
    model = Model(open_checkpoint(folder, device="cpu"))
    messages = [Message("user", ("click the button",))]
    model.generate(messages, max_new_tokens=4)
    assert model.generate(messages, max_new_tokens=4).cached_tokens > 0
    assert isinstance(model._engine._runner._decoder, TokenDecoder)


def test_both_ways_of_decoding_agree(folder: Path) -> None:
    """A hook that changes nothing makes the modules run token by token."""
    messages = [Message("user", ("click the button",))]
    checkpoint = replace(open_checkpoint(folder, device="cpu"), closing=frozenset())
    model = Model(checkpoint)
    fast = model.generate(messages, max_new_tokens=24).token_ids
    checkpoint.network.model.layers[0].register_forward_hook(lambda module, given, y: None)
    assert model.generate(messages, max_new_tokens=24).token_ids == fast
    assert model._engine._runner._decoder is None


def test_a_watch_sees_what_changed_since_it_last_looked() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    watch = Watch()
    assert [watch.changed(network) for _ in range(3)] == [True, False, False]
    handle = network[0].register_forward_pre_hook(lambda module, given: None)
    assert [watch.changed(network) for _ in range(2)] == [True, False]
    handle.remove()
    assert [watch.changed(network) for _ in range(2)] == [True, False]


def test_weights_loaded_in_inference_mode_can_be_used(folder: Path) -> None:
    with torch.inference_mode():
        model = Model(open_checkpoint(folder, device="cpu"))
    assert model.generate([Message("user", ("x",))], max_new_tokens=2).token_ids
