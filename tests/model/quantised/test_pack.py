"""Whole checkpoints: every format is loaded, asked, and computes what its weights stand for; every fault is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.errors import InvalidCheckpoint, NonFiniteOutput, OutOfMemory, UnreadableAnswer, UnsupportedDtype
from handeye.model.quantised.elements import FLOAT8
from handeye.model.quantised.pack import packed_layers, packed_tensors
from handeye.model.runtime import Model, load_model
from tests.model.opencua_checkpoint import write_opencua
from tests.model.quantised.packed_checkpoint import FORMS, is_of_any_layer, is_packed, write_packed

Make = Callable[..., Image.Image]
LAYERS = 3 * 7


def logits(network: Qwen2_5_VL) -> Tensor:
    """Return the logits of some tokens at plain positions."""
    ids = torch.arange(20, 60)[None]
    with torch.inference_mode():
        return network.logits(network.model(network.embed(ids), torch.arange(40).expand(3, 1, -1)))


def found(model: Model, image: Image.Image) -> str:
    """Return where a model of random weights finds something; it rarely answers with a place."""
    try:
        return repr(model.ground(image, "the button"))
    except UnreadableAnswer as error:
        return str(error)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_every_format_computes_what_its_weights_stand_for(form: str, tmp_path: Path, noise: Make) -> None:
    packed, dense = write_packed(tmp_path, FORMS[form])
    model, plain = load_model(packed, device="cpu"), load_model(dense, device="cpu")
    network, other = model._checkpoint.network, plain._checkpoint.network
    assert len(packed_layers(network)) == LAYERS and not packed_layers(other)
    expected = logits(other)
    assert torch.allclose(logits(network), expected, atol=1e-5 * float(expected.abs().max()), rtol=0)
    image = noise(56, 84)
    assert model.ask([image], "what is it?") == plain.ask([image], "what is it?")
    assert found(model, image) == found(plain, image)


@pytest.mark.parametrize("form", ["fp8", "nf4-double", "int8"])
def test_layers_of_the_vision_part_may_be_packed_too(form: str, tmp_path: Path, noise: Make) -> None:
    packed, dense = write_packed(tmp_path, FORMS[form], is_of_any_layer)
    model, plain = load_model(packed, device="cpu"), load_model(dense, device="cpu")
    assert len(packed_layers(model._checkpoint.network)) == LAYERS + 4 * 5 + 2
    assert model.ask([noise(112, 84)], "what is it?") == plain.ask([noise(112, 84)], "what is it?")


@pytest.mark.parametrize("form", ["fp8", "awq", "gptq-act-order", "nf4-double"])
def test_packed_weights_are_kept_as_they_are_in_the_file(form: str, tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    network = open_checkpoint(packed, device="cpu", dtype="bfloat16").network
    stored = load_file(packed / "model.safetensors")
    held = network.state_dict()
    names = packed_tensors(network)
    size = sum(
        tensor.nbytes
        for name, tensor in stored.items()
        if name.startswith("model.layers.") and "norm" not in name and not name.endswith("bias")
    )
    assert sum(held[name].nbytes for name in names) == size
    assert network.dtype is torch.bfloat16
    assert torch.isfinite(logits(network)).all()


@pytest.mark.parametrize("form", ["w4a16", "nf4-double"])
def test_the_nested_names_of_later_versions(form: str, tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    before = logits(open_checkpoint(packed, device="cpu").network)
    weights = load_file(packed / "model.safetensors")
    renamed = {
        f"model.{name}" if name.startswith("visual.") else name.replace("model.", "model.language_model.", 1): tensor
        for name, tensor in weights.items()
    }
    save_file(renamed, packed / "model.safetensors")
    assert torch.equal(logits(open_checkpoint(packed, device="cpu").network), before)


@pytest.mark.parametrize("form", ["w4a16", "awq"])
def test_the_names_of_opencua(form: str, tmp_path: Path, noise: Make) -> None:
    packed, dense = write_opencua(tmp_path / "packed"), write_opencua(tmp_path / "dense")
    weights = load_file(packed / "model.safetensors")
    stored = dict(weights)
    for name in [name for name in weights if is_packed(name.removeprefix("language_model."))]:
        each = FORMS[form].pack(stored.pop(name))
        weights[name] = each.dense
        stored |= {f"{name.removesuffix('weight')}{part}": tensor for part, tensor in each.parts.items()}
    save_file(weights, dense / "model.safetensors")
    save_file(stored, packed / "model.safetensors")
    fields = json.loads((packed / "config.json").read_text())
    (packed / "config.json").write_text(json.dumps({**fields, "quantization_config": FORMS[form].options}))
    model, plain = load_model(packed, device="cpu"), load_model(dense, device="cpu")
    network = model._checkpoint.network
    assert len(packed_layers(network)) == LAYERS
    expected = logits(plain._checkpoint.network)
    assert torch.allclose(logits(network), expected, atol=1e-5 * float(expected.abs().max()), rtol=0)
    messages = [Message("user", (noise(112, 84), "click"))]
    replies = [each.generate(messages, max_new_tokens=8).token_ids for each in (model, plain)]
    assert replies[0] == replies[1]


def test_the_config_may_be_nested_too(tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS["awq"])
    before = logits(open_checkpoint(packed, device="cpu").network)
    fields = json.loads((packed / "config.json").read_text())
    options = fields.pop("quantization_config")
    text = {key: value for key, value in fields.items() if key not in ("model_type", "vision_config")}
    nested = {**fields, "text_config": {**text, "quantization_config": options}}
    (packed / "config.json").write_text(json.dumps(nested))
    assert torch.equal(logits(open_checkpoint(packed, device="cpu").network), before)


def test_a_layer_that_is_left_out_stays_plain(tmp_path: Path) -> None:
    packed, dense = write_packed(tmp_path, FORMS["awq"])
    name = "model.layers.1.mlp.down_proj"
    weights = {key: tensor for key, tensor in load_file(packed / "model.safetensors").items() if name not in key}
    weights[f"{name}.weight"] = load_file(dense / "model.safetensors")[f"{name}.weight"]
    save_file(weights, packed / "model.safetensors")
    network = open_checkpoint(packed, device="cpu").network
    assert len(packed_layers(network)) == LAYERS - 1
    expected = logits(open_checkpoint(dense, device="cpu").network)
    assert torch.allclose(logits(network), expected, atol=1e-4)


def test_fp8_at_load(tmp_path: Path, noise: Make) -> None:
    packed, dense = write_packed(tmp_path, FORMS["fp8"])
    model = load_model(dense, device="cpu", dtype="fp8")
    network = model._checkpoint.network
    assert len(packed_layers(network)) == LAYERS
    assert {network.state_dict()[name].dtype for name in packed_tensors(network)} == {FLOAT8, torch.float32}
    assert network.lm_head.weight.dtype is torch.bfloat16 and model.dtype is torch.bfloat16
    # the weights are those of an FP8 checkpoint already, so that the same are made of them again
    expected = logits(open_checkpoint(packed, device="cpu", dtype="bfloat16").network).float()
    assert torch.allclose(logits(network).float(), expected, atol=0.02 * float(expected.abs().max()))
    assert isinstance(model.ask([noise(56, 84)], "what is it?"), str)
    assert found(model, noise(56, 84))


def test_fp8_of_a_quantised_checkpoint_is_refused(tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS["awq"])
    with pytest.raises(UnsupportedDtype, match="is quantized already, with awq: leave out dtype fp8"):
        open_checkpoint(packed, device="cpu", dtype="fp8")


def _without(part: str) -> Callable[[dict[str, Tensor]], None]:
    def change(weights: dict[str, Tensor]) -> None:
        del weights[f"model.layers.1.mlp.up_proj.{part}"]

    return change


def _with(part: str, tensor: Tensor) -> Callable[[dict[str, Tensor]], None]:
    def change(weights: dict[str, Tensor]) -> None:
        weights[f"model.layers.1.mlp.up_proj.{part}"] = tensor

    return change


@pytest.mark.parametrize(
    ("form", "change", "reason"),
    [
        ("awq", _without("scales"), r"missing: model\.layers\.1\.mlp\.up_proj\.scales"),
        ("awq", _without("qzeros"), r"missing: model\.layers\.1\.mlp\.up_proj\.qzeros"),
        ("awq", _without("qweight"), r"missing: model\.layers\.1\.mlp\.up_proj\.qweight"),
        ("gptq-act-order", _without("g_idx"), r"missing: model\.layers\.1\.mlp\.up_proj\.g_idx"),
        ("w4a16", _without("weight_shape"), r"missing: model\.layers\.1\.mlp\.up_proj\.weight_shape"),
        ("w4a16-asymmetric", _without("weight_zero_point"), r"missing: model\.layers\.1\.mlp\.up_proj\.weight_zero_"),
        ("nf4-double", _without("weight.nested_absmax"), r"missing: model\.layers\.1\.mlp\.up_proj\.nested_absmax"),
        ("nf4", _without("weight.quant_state.bitsandbytes__nf4"), r"missing: model\.layers\.1\.mlp\.up_proj\.quant_st"),
        ("int8", _without("SCB"), r"missing: model\.layers\.1\.mlp\.up_proj\.SCB"),
        ("fp8", _without("weight_scale"), r"model\.layers\.1\.mlp\.up_proj\.weight in .* is stored as float8_e4m3fn"),
        ("awq", _with("scales", torch.ones(2, 95).half()), r"up_proj\.scales is \[2, 95\] and should be \[2, 96\]"),
        (
            "fp8",
            _with("weight_scale", torch.ones(95, 1)),
            r"up_proj\.weight_scale is \[95, 1\] and should be",
        ),
        ("nf4", _with("weight", torch.ones(9, 1).byte()), r"up_proj\.weight is \[9, 1\] and should be \[3072, 1\]"),
        (
            "awq",
            _with("scales", torch.ones(2, 96).int()),
            r"up_proj\.scales is stored as int32, but by its config",
        ),
        ("fp8", _with("weight", torch.ones(96, 64)), r"up_proj\.weight is stored as float32, .* it is float8_e4m3fn"),
        ("awq", _with("other", torch.ones(1)), r"unexpected: model\.layers\.1\.mlp\.up_proj\.other"),
    ],
)
def test_faults_name_the_tensor(
    form: str, change: Callable[[dict[str, Tensor]], None], reason: str, tmp_path: Path
) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    weights = load_file(packed / "model.safetensors")
    change(weights)
    save_file(weights, packed / "model.safetensors")
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        open_checkpoint(packed, device="cpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("form", FORMS)
def test_a_config_that_does_not_say_how_is_refused(form: str, tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    fields = json.loads((packed / "config.json").read_text())
    del fields["quantization_config"]
    (packed / "config.json").write_text(json.dumps(fields))
    with pytest.raises(InvalidCheckpoint) as caught:
        open_checkpoint(packed, device="cpu")
    assert "model.layers." in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (
            {"quant_method": "fp8"},
            'quantization_config.quant_method is "fp8", which is not supported: use the original',
        ),
        ({"quant_method": "auto-round"}, "or a copy in compressed-tensors, awq, gptq or bitsandbytes"),
        ({"bits": 4, "group_size": 64}, "quantization_config.quant_method is absent, which is not supported"),
        ("awq", 'quantization_config is "awq", not an object'),
    ],
)
def test_other_methods_are_refused(options: Any, reason: str, tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS["awq"])
    fields = json.loads((packed / "config.json").read_text())
    (packed / "config.json").write_text(json.dumps({**fields, "quantization_config": options}))
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        open_checkpoint(packed, device="cpu")
    assert "\n" not in str(caught.value)


def test_what_cannot_fit_is_told_by_its_packed_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed, _ = write_packed(tmp_path, FORMS["awq"])
    weights = load_file(packed / "model.safetensors")
    names = packed_tensors(open_checkpoint(packed, device="cpu").network)
    size = sum(each.nbytes if name in names else each.numel() * 2 for name, each in weights.items())
    monkeypatch.setattr("handeye.model.hardware.room.total_memory", lambda _: size)
    open_checkpoint(packed, device="cpu", dtype="bfloat16")
    monkeypatch.setattr("handeye.model.hardware.room.total_memory", lambda _: size - 1)
    with pytest.raises(OutOfMemory, match=r"need 0\.0 GB, and cpu has 0\.0 GB: use a smaller model"):
        open_checkpoint(packed, device="cpu", dtype="bfloat16")


def test_weights_that_are_not_finite_are_found(tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS["fp8"])
    weights = load_file(packed / "model.safetensors")
    name = "model.layers.1.mlp.up_proj.weight"
    broken = weights[name].view(torch.uint8)
    broken[3] = 0x7F
    save_file({**weights, name: broken.view(FLOAT8)}, packed / "model.safetensors")
    with pytest.raises(NonFiniteOutput, match=r"hold NaN or infinite numbers \(model\.layers\.1\.mlp\.up_proj\.weight"):
        load_model(packed, device="cpu").ask([], "hello")


def test_only_linear_layers_of_the_decoder_are_packed_here() -> None:
    assert is_packed("model.layers.0.mlp.up_proj.weight")
    assert not is_packed("visual.blocks.0.mlp.up_proj.weight")
