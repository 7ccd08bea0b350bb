"""The memory of each size in each format: by arithmetic, and as the network has it on the meta device."""

import pytest
import torch
from torch import nn

from handeye.model.catalog import RELEASED
from handeye.model.config import ModelConfig
from handeye.model.footprint import FORMATS, SHAPES, Footprint, Format, Shape, fitting
from handeye.model.network import Qwen2_5_VL
from handeye.model.quantised.at_load import Float8AtLoad
from handeye.model.quantised.awq import AWQ
from handeye.model.quantised.header import Header
from handeye.model.quantised.pack import pack, packed_tensors
from handeye.model.quantised.scheme import Scheme

BF16, FP8, FOUR = FORMATS


def released(size: str) -> Footprint:
    """Return a size in bfloat16."""
    return Footprint(next(model for model in RELEASED if f"-{size}-" in model.name), BF16)


def config(shape: Shape) -> ModelConfig:
    """Return the configuration of a shape."""
    return ModelConfig.from_json(
        {
            "model_type": "qwen2_5_vl",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.key_heads,
            "intermediate_size": shape.inner,
            "vocab_size": shape.vocabulary,
            "tie_word_embeddings": shape.tied,
            "rope_scaling": {"mrope_section": [16, 24, 24]},
            "vision_config": {
                "depth": 32,
                "hidden_size": 1280,
                "intermediate_size": shape.vision_inner,
                "num_heads": 16,
                "out_hidden_size": shape.hidden,
            },
        }
    )


def held_gb(shape: Shape, scheme: Scheme | None, part: str = "weight") -> float:
    """Return the weights of a network in 10^9 bytes; `part` is a tensor that tells that a layer is packed."""
    with torch.device("meta"):
        network = Qwen2_5_VL(config(shape))
        if scheme is not None:
            layers = [name for name, module in network.named_modules() if isinstance(module, nn.Linear)]
            packed = [name for name in layers if name.startswith("model.layers.")]
            pack(network, scheme, {f"{name}.{part}": Header((), torch.int32) for name in packed})
    kept = packed_tensors(network)
    return (
        sum(tensor.numel() * (tensor.itemsize if name in kept else 2) for name, tensor in network.state_dict().items())
        / 1e9
    )


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(
    ("form", "scheme", "part"), [(BF16, None, ""), (FP8, Float8AtLoad(), "weight"), (FOUR, AWQ(128), "qweight")]
)
def test_the_arithmetic_is_that_of_the_network(name: str, form: Format, scheme: Scheme | None, part: str) -> None:
    model = next(model for model in RELEASED if model.name == name)
    shape = SHAPES[name]
    assert Footprint(model, form).weights_gb == pytest.approx(held_gb(shape, scheme, part), rel=0.01)


def test_the_72b_is_below_80_gb_in_fp8() -> None:
    """Of its true shape; that loading needs no more is shown on a small one, `quantised/test_memory.py`."""
    assert held_gb(SHAPES["Qwen/Qwen2.5-VL-72B-Instruct"], Float8AtLoad()) < 80 / 1.02


def test_bfloat16_is_as_the_catalog_says() -> None:
    for model in RELEASED:
        assert round(Footprint(model, BF16).memory_gb) == model.memory_gb


@pytest.mark.parametrize(
    ("gigabytes", "expected"),
    [
        (5, []),
        (6.5, [("3B", FOUR)]),
        (8, [("3B", FP8)]),
        (12, [("7B", FOUR), ("3B", BF16)]),
        (16, [("7B", FP8), ("3B", BF16)]),
        (24, [("7B", BF16), ("3B", BF16)]),
        (48, [("32B", FP8), ("7B", BF16), ("3B", BF16)]),
        (80, [("72B", FOUR), ("32B", BF16), ("7B", BF16), ("3B", BF16)]),
    ],
)
def test_what_fits(gigabytes: float, expected: list[tuple[str, Format]]) -> None:
    assert fitting(gigabytes) == [Footprint(released(size).model, form) for size, form in expected]
