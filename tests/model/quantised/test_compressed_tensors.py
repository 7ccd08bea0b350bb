"""compressed-tensors. The digests are of what `decompress` of its version 0.20.1 returns, with float32 scales."""

from typing import Any

import pytest
import torch
from torch import Tensor

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.elements import FLOAT8
from handeye.model.quantised.scheme import read_scheme
from tests.model.quantised.tensors import digest, layer, octets, positive, words

SIZES = 128, 24


def options(form: str, **weights: object) -> dict[str, Any]:
    """Return a quantization_config as llm-compressor writes it."""
    dynamic = {"num_bits": 8, "type": "float", "strategy": "token", "dynamic": True, "symmetric": True}
    group = {"input_activations": dynamic, "output_activations": None, "targets": ["Linear"], "weights": weights}
    return {
        "quant_method": "compressed-tensors",
        "format": form,
        "quantization_status": "compressed",
        "config_groups": {"group_0": group},
        "ignore": ["re:.*lm_head", "re:visual.*"],
        "kv_cache_scheme": None,
        "sparsity_config": {},
        "transform_config": {},
        "version": "0.20.1",
    }


def packed_words(bits: int, groups: int, *, symmetric: bool) -> dict[str, Tensor]:
    each = 32 // bits
    held = {
        "weight_packed": words((24, 128 // each), 1),
        "weight_scale": positive((24, groups), 3, torch.bfloat16),
        "weight_shape": torch.tensor([24, 128]),
    }
    return held if symmetric else {**held, "weight_zero_point": words((groups, 24 // each), 2).t().contiguous()}


@pytest.mark.parametrize(
    ("bits", "size", "symmetric", "expected"),
    [
        (4, 32, True, "fe706a9538b88ddd"),
        (4, 32, False, "cb8a6cbcaf2b940d"),
        (4, None, True, "013c1fb2b3758ab6"),
        (4, None, False, "ed5850cb352ce9e4"),
        (8, 32, True, "d60531d90322aefe"),
        (8, 32, False, "01098360c89b9ffe"),
        (8, None, True, "a6c7fbe3bd7eeba1"),
        (8, None, False, "bd22e753ccb1d78e"),
    ],
)
def test_words_equal_to_the_reference(bits: int, size: int | None, symmetric: bool, expected: str) -> None:
    strategy = "channel" if size is None else "group"
    weights = {"num_bits": bits, "type": "int", "strategy": strategy, "group_size": size, "symmetric": symmetric}
    held = packed_words(bits, 128 // (size or 128), symmetric=symmetric)
    packed = layer(options("pack-quantized", **weights), SIZES, held)
    weight = packed.dense(torch.float32)
    assert weight.shape == (24, 128)
    assert digest(weight) == expected
    assert torch.equal(packed.dense(torch.bfloat16), weight.bfloat16())


@pytest.mark.parametrize(
    ("kind", "strategy", "symmetric", "expected"),
    [
        ("float", "channel", True, "9b785b3860746450"),
        ("float", "tensor", True, "6b6171e098b9c08a"),
        ("int", "channel", True, "a6a9335dbd9aba02"),
        ("int", "channel", False, "6bf443556dd66e8c"),
        ("int", "tensor", True, "2553798c6256c46e"),
        ("int", "tensor", False, "5e30184782b427de"),
    ],
)
def test_bytes_equal_to_the_reference(kind: str, strategy: str, symmetric: bool, expected: str) -> None:
    numbers = octets((24, 128), 1)
    if kind == "float":
        numbers = torch.where((numbers & 0x7F) == 0x7F, 0, numbers)  # NaN
    scales = (24, 1) if strategy == "channel" else (1,)
    held = {
        "weight": numbers.view(FLOAT8 if kind == "float" else torch.int8),
        "weight_scale": positive(scales, 3, torch.bfloat16),
    }
    if not symmetric:
        held["weight_zero_point"] = octets(scales, 2).view(torch.int8)
    weights = {"num_bits": 8, "type": kind, "strategy": strategy, "symmetric": symmetric}
    packed = layer(options(f"{kind}-quantized", **weights), SIZES, held)
    weight = packed.dense(torch.float32)
    assert digest(weight) == expected
    assert torch.equal(packed.dense(torch.bfloat16), weight.bfloat16())


W4 = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": True}
FP8 = {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True}


def test_zeros_of_older_files_are_one_a_byte() -> None:
    weights = {**W4, "symmetric": False}
    held = packed_words(4, 4, symmetric=False)
    weight = layer(options("pack-quantized", **weights), SIZES, held).dense(torch.float32)
    nibbles = torch.stack([held["weight_zero_point"].t() >> 4 * shift & 15 for shift in range(8)], dim=-1)
    held["weight_zero_point"] = (nibbles.flatten(1).t() - 8).to(torch.int8)
    assert torch.equal(layer(options("pack-quantized", **weights), SIZES, held).dense(torch.float32), weight)


def test_act_order_names_the_group_of_each_input() -> None:
    held = packed_words(4, 4, symmetric=True)
    plain = layer(options("pack-quantized", **W4), SIZES, held).dense(torch.float32)
    order = torch.arange(128) * 37 % 128
    held["weight_g_idx"] = (order // 32).to(torch.int32)
    weight = layer(options("pack-quantized", **W4), SIZES, held).dense(torch.float32)
    scales = held["weight_scale"].float()
    assert torch.equal(weight / scales[:, order // 32], plain / scales.repeat_interleave(32, dim=1))
    held["weight_g_idx"][7] = 4
    with pytest.raises(InvalidCheckpoint, match=r"layer\.weight_g_idx names a group outside 0 to 3"):
        layer(options("pack-quantized", **W4), SIZES, held)


def test_another_shape_is_refused() -> None:
    held = {**packed_words(4, 4, symmetric=True), "weight_shape": torch.tensor([24, 127])}
    with pytest.raises(InvalidCheckpoint, match=r"layer\.weight_shape is \[24, 127\], but its config\.json makes it"):
        layer(options("pack-quantized", **W4), SIZES, held)


@pytest.mark.parametrize(("size", "scales"), [(None, (1,)), (-1, (24, 1))])
def test_without_a_strategy_the_size_of_groups_tells_it(size: int | None, scales: tuple[int, ...]) -> None:
    held = {"weight": octets((24, 128), 1).view(torch.int8), "weight_scale": positive(scales, 3)}
    packed = layer(options("int-quantized", num_bits=8, type="int", group_size=size), SIZES, held)
    assert torch.equal(packed.dense(torch.float32), held["weight"] * held["weight_scale"])


def test_scales_of_activations_are_not_needed() -> None:
    scheme = read_scheme(Section(options("float-quantized", **FP8), "config.json"))
    assert scheme.name("model.layers.0.mlp.up_proj.input_scale") is None
    assert scheme.name("model.layers.0.mlp.up_proj.weight_scale") == "model.layers.0.mlp.up_proj.weight_scale"


def test_a_layer_without_scales_is_not_packed() -> None:
    with pytest.raises(AssertionError):
        layer(options("float-quantized", **FP8), SIZES, {"weight": torch.zeros(24, 128)})


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (options("nvfp4-pack-quantized", **FP8), 'format is "nvfp4-pack-quantized", which is not supported'),
        (options("pack-quantized", **{**W4, "num_bits": 3}), r"weights\.num_bits is 3, .* use a copy with 4 or 8"),
        (options("float-quantized", **{**FP8, "num_bits": 4}), r"weights\.num_bits is 4, .* use a copy with 8"),
        (options("float-quantized", **{**FP8, "strategy": "block"}), 'strategy is "block", .* "channel" or "tensor"'),
        (options("pack-quantized", **{**W4, "strategy": "token"}), 'strategy is "token"'),
        ({**options("float-quantized", **FP8), "quantization_status": "frozen"}, 'quantization_status is "frozen"'),
        ({**options("float-quantized", **FP8), "kv_cache_scheme": {"num_bits": 8}}, "kv_cache_scheme is .* keys and"),
        ({**options("float-quantized", **FP8), "config_groups": {}}, "config_groups is {}, but only one group"),
        (
            {**options("float-quantized", **FP8), "sparsity_config": {"format": "sparse-24-bitmask"}},
            r'sparsity_config\.format is "sparse-24-bitmask"',
        ),
        (
            {**options("float-quantized", **FP8), "transform_config": {"config_groups": {"u": {}}}},
            "transform_config is .* transformed activations are not supported",
        ),
    ],
)
def test_other_options_are_refused(found: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        read_scheme(Section(found, "config.json", "quantization_config"))
    assert "\n" not in str(caught.value)


def test_inputs_that_make_no_whole_groups_are_refused() -> None:
    with pytest.raises(InvalidCheckpoint, match="its 100 inputs are not a multiple of group_size, 32"):
        layer(options("pack-quantized", **W4), (100, 24), packed_words(4, 4, symmetric=True))
