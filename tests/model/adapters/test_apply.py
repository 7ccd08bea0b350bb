"""Adapters in a network: the numbers of peft, and what does not fit."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import PIL.Image
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from handeye.model import Adapter
from handeye.model.adapters.apply import Changes, keep, merge
from handeye.model.adapters.read import read_adapter
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.errors import InvalidCheckpoint, UnknownModel
from handeye.model.runtime import Model, load_model
from tests.model.adapters.folders import LAYERS, write_adapter
from tests.model.opencua_checkpoint import opencua_name, write_opencua

MakeImage = Callable[..., PIL.Image.Image]
PATTERNS: Mapping[str, object] = {
    "rank": 8,
    "seed": 2,
    "use_rslora": True,
    "lora_alpha": 8,
    "rank_pattern": {"o_proj": 2, r"layers\.1\.mlp\.down_proj": 3},
    "alpha_pattern": {"v_proj": 32, "model.visual.merger.mlp.2": 5},
    "ranks": {"model.layers.2.self_attn.o_proj": 2, "model.layers.1.mlp.down_proj": 3},
}
PEFT = {
    ((0, 1.0),): (0.993608, 2.646974, -0.105782, 0.07304),
    ((1, 1.0),): (1.066857, -1.390894, 0.717639, -1.876116),
    ((0, 1.0), (1, 1.0)): (1.741434, 0.916429, -0.862824, -2.292672),
    ((0, 0.5), (1, 0.25)): (1.161049, 0.729977, -1.168798, -2.438924),
}
"""The first logits after the ids 5 to 24 with these adapters and weights, by peft 0.21.2 on transformers 5.23."""


def nested(name: str) -> str:
    if name == "lm_head":
        return name
    return f"model.{name}" if name.startswith("visual.") else "model.language_model." + name.removeprefix("model.")


@pytest.fixture(scope="module")
def adapters(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("adapters")
    write_adapter(folder / "0", rename=nested, base_model_name_or_path="acme/base")
    write_adapter(folder / "1", rename=nested, **PATTERNS)  # type: ignore[arg-type]
    return folder / "0", folder / "1"


def logits(opened: Checkpoint) -> torch.Tensor:
    network = opened.network
    with torch.inference_mode():
        embeddings = network.embed(torch.arange(5, 25)[None])
        return network.logits(network.model(embeddings, torch.arange(20).expand(3, 1, -1)))[0, -1]


@pytest.mark.parametrize("merge_adapters", [True, False])
@pytest.mark.parametrize(("chosen", "expected"), PEFT.items())
def test_logits_are_those_of_peft(
    folder: Path,
    adapters: tuple[Path, Path],
    chosen: tuple[tuple[int, float], ...],
    expected: tuple[float, ...],
    merge_adapters: bool,
) -> None:
    given = [Adapter(adapters[index], weight) for index, weight in chosen]
    opened = open_checkpoint(folder, device="cpu", adapters=given, merge_adapters=merge_adapters)
    assert logits(opened)[:4].tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("rename", [str, nested])
def test_merged_weights_are_the_formulas(folder: Path, tmp_path: Path, rename: Callable[[str], str]) -> None:
    matrices = write_adapter(tmp_path / "a", rename=rename, rank=2, lora_alpha=3)
    opened = open_checkpoint(folder, device="cpu", adapters=[Adapter(tmp_path / "a", -2)])
    stored, merged = load_file(folder / "model.safetensors"), opened.network.state_dict()
    for name in LAYERS:
        expected = stored[f"{name}.weight"] + -2 * 3 / 2 * (matrices[f"{name}.B"] @ matrices[f"{name}.A"])
        assert (merged[f"{name}.weight"] - expected).abs().max() <= 1e-5 * expected.abs().max()
    for name in stored:
        assert torch.equal(merged[name], stored[name]) == (name.removesuffix(".weight") not in LAYERS)
    assert not opened.network.model.layers[0].self_attn.qkv_proj.weight.requires_grad


def test_a_convolution(folder: Path, tmp_path: Path, checkpoint: Checkpoint) -> None:
    generator = torch.Generator().manual_seed(5)
    down = torch.randn(2, 3, 2, 14, 14, generator=generator)
    up = torch.randn(64, 2, 1, 1, 1, generator=generator)
    key = "base_model.model.model.visual.patch_embed.proj.lora_"
    write_adapter(tmp_path / "a", layers=(), rank=2, more={f"{key}A.weight": down, f"{key}B.weight": up}, lora_alpha=2)
    opened = open_checkpoint(folder, device="cpu", adapters=[Adapter(tmp_path / "a")])
    expected = checkpoint.network.visual.patch_embed.proj.weight + torch.einsum(
        "or,rctyx->octyx", up[..., 0, 0, 0], down
    )
    assert (opened.network.visual.patch_embed.proj.weight - expected).abs().max() <= 1e-5
    with pytest.raises(InvalidCheckpoint, match="beside which nothing can be kept: merge it"):
        open_checkpoint(folder, device="cpu", adapters=[Adapter(tmp_path / "a")], merge_adapters=False)


def test_bfloat16_is_rounded_once(folder: Path, adapters: tuple[Path, Path]) -> None:
    rough = open_checkpoint(folder, device="cpu", dtype="bfloat16")
    opened = open_checkpoint(folder, device="cpu", dtype="bfloat16", adapters=[*map(Adapter, adapters)])
    before = rough.network.state_dict()["model.layers.2.self_attn.o_proj.weight"]
    total = before.float()
    for adapter in adapters:
        changes = read_adapter(adapter, torch.device("cpu"))
        total = total + next(each for each in changes if each.layer.endswith("o_proj")).delta(before.shape)
    assert torch.equal(opened.network.state_dict()["model.layers.2.self_attn.o_proj.weight"], total.bfloat16())


def test_answers_with_adapters(folder: Path, adapters: tuple[Path, Path], noise: MakeImage) -> None:
    messages = [Message("user", (noise(112, 84), "click"))]

    def answer(model: Model) -> tuple[int, ...]:
        return model.generate(messages, max_new_tokens=12).token_ids

    plain = answer(load_model(folder, device="cpu"))
    merged = answer(load_model(folder, device="cpu", adapters=[adapters[0], adapters[1]]))
    assert merged != plain
    kept = load_model(folder, device="cpu", adapters=adapters, merge_adapters=False)
    assert answer(kept) == merged
    kept.weigh_adapters(0, 0)
    assert answer(kept) == plain
    kept.weigh_adapters(0, 1)
    assert answer(kept) == answer(load_model(folder, device="cpu", adapters=[adapters[1]]))


def test_weights_that_cannot_be_given(folder: Path, adapters: tuple[Path, Path]) -> None:
    kept = load_model(folder, device="cpu", adapters=adapters, merge_adapters=False)
    with pytest.raises(ValueError, match="1 weights for 2 adapters"):
        kept.weigh_adapters(1)
    with pytest.raises(ValueError, match="must be a finite number, not nan"):
        kept.weigh_adapters(1, float("nan"))
    with pytest.raises(ValueError, match="1 weights for 0 adapters that are kept"):
        load_model(folder, device="cpu", adapters=adapters[:1]).weigh_adapters(1)
    with pytest.raises(ValueError, match="must be a finite number, not inf"):
        load_model(folder, device="cpu", adapters=[Adapter(adapters[0], float("inf"))])
    with pytest.raises(TypeError, match="adapters is a single str: give a list"):
        load_model(folder, device="cpu", adapters="lora")


def test_an_adapter_of_opencua(tmp_path: Path) -> None:
    base = write_opencua(tmp_path / "base")
    layers = ("model.layers.0.self_attn.q_proj", "visual.blocks.2.attn.qkv", "lm_head")
    matrices = write_adapter(tmp_path / "a", layers=layers, rename=opencua_name)
    merged = open_checkpoint(base, device="cpu", adapters=[Adapter(tmp_path / "a")]).network.state_dict()
    plain = open_checkpoint(base, device="cpu").network.state_dict()
    for name in layers:
        expected = plain[f"{name}.weight"] + 4 * (matrices[f"{name}.B"] @ matrices[f"{name}.A"])
        assert (merged[f"{name}.weight"] - expected).abs().max() <= 1e-5 * expected.abs().max()


@pytest.mark.parametrize("merge_adapters", [True, False])
def test_an_adapter_of_another_model(folder: Path, tmp_path: Path, merge_adapters: bool) -> None:
    write_adapter(tmp_path / "far", layers=["lm_head"], rename=lambda _: "model.layers.7.self_attn.q_proj")
    with pytest.raises(
        InvalidCheckpoint, match=r"does not have \(model\.layers\.7\.self_attn\.q_proj\): it belongs to"
    ):
        open_checkpoint(folder, device="cpu", adapters=[Adapter(tmp_path / "far")], merge_adapters=merge_adapters)
    write_adapter(tmp_path / "wide", layers=["lm_head"], rename=lambda _: "model.layers.1.self_attn.q_proj")
    wrong = r"changes model\.layers\.1\.self_attn\.q_proj as a layer of \[384, 64\], and in the model .* \[64, 64\]"
    with pytest.raises(InvalidCheckpoint, match=wrong):
        open_checkpoint(folder, device="cpu", adapters=[Adapter(tmp_path / "wide")], merge_adapters=merge_adapters)


def test_a_tied_head_has_no_layer_of_its_own(tmp_path: Path, write: Callable[..., Path]) -> None:
    write_adapter(tmp_path / "a", layers=["lm_head"])
    with pytest.raises(InvalidCheckpoint, match=r"does not have \(lm_head\)"):
        open_checkpoint(write(tmp_path / "tied", tied=True), device="cpu", adapters=[Adapter(tmp_path / "a")])


def test_a_quantized_layer_is_changed_beside_its_weight(folder: Path, adapters: tuple[Path, Path]) -> None:
    class Packed(nn.Module):
        def __init__(self, layer: nn.Linear) -> None:
            super().__init__()
            self.in_features, self.out_features, self.whole = layer.in_features, layer.out_features, layer

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = self.whole(x)
            return y

    opened = open_checkpoint(folder, device="cpu")
    attention = opened.network.model.layers[2].self_attn
    attention.o_proj = Packed(attention.o_proj)
    changes = [Changes(Adapter(adapters[0]), read_adapter(adapters[0], torch.device("cpu")))]
    (rest,) = merge(opened.network, changes)
    assert [change.layer for change in rest.layers] == ["model.layers.2.self_attn.o_proj"]
    keep(opened.network, [rest])
    assert logits(opened)[:4].tolist() == pytest.approx(PEFT[((0, 1.0),)], abs=1e-5)


def test_an_adapter_in_place_of_its_model(folder: Path, tmp_path: Path, adapters: tuple[Path, Path]) -> None:
    own = tmp_path / "own"
    write_adapter(own, rename=nested, base_model_name_or_path=str(folder))
    model = load_model(own, device="cpu")
    assert (model.name, model.origins) == (str(own), (str(folder),))
    messages = [Message("user", ("click",))]
    expected = load_model(folder, device="cpu", adapters=[own]).generate(messages, max_new_tokens=8)
    assert model.generate(messages, max_new_tokens=8).token_ids == expected.token_ids
    both = open_checkpoint(own, device="cpu", adapters=[Adapter(adapters[1])])
    assert logits(both)[:4].tolist() == pytest.approx(PEFT[((0, 1.0), (1, 1.0))], abs=1e-5)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "is an adapter that does not name its model: give its model as --model, and"),
        (
            {"base_model_name_or_path": "/no/such/folder"},
            "is an adapter for /no/such/folder, which was not found: give",
        ),
    ],
)
def test_an_adapter_whose_model_is_not_here(tmp_path: Path, fields: dict[str, object], reason: str) -> None:
    write_adapter(tmp_path / "a", layers=["lm_head"], **fields)  # type: ignore[arg-type]
    with pytest.raises((UnknownModel, InvalidCheckpoint), match=re.escape(reason)) as caught:
        open_checkpoint(tmp_path / "a", device="cpu")
    assert "\n" not in str(caught.value)


def test_an_adapter_of_an_adapter(tmp_path: Path) -> None:
    write_adapter(tmp_path / "a", layers=["lm_head"], base_model_name_or_path=str(tmp_path / "b"))
    write_adapter(tmp_path / "b", layers=["lm_head"])
    with pytest.raises(UnknownModel, match="which is itself an adapter"):
        open_checkpoint(tmp_path / "a", device="cpu")


def test_settings_are_read_before_anything_large(tmp_path: Path) -> None:
    write_adapter(tmp_path / "a", layers=["lm_head"], use_dora=True, base_model_name_or_path="/no/such")
    with pytest.raises(InvalidCheckpoint, match="use_dora is true"):
        open_checkpoint(tmp_path / "a", device="cpu")
