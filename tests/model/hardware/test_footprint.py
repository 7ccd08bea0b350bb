"""The memory of each size in each format: by arithmetic, and as the network has it on the meta device."""

import pytest
import torch
from torch import nn

from handeye.model.architecture.joined import released_layers
from handeye.model.catalog import RELEASED, Released
from handeye.model.hardware.footprint import FORMATS, Footprint, Format, fitting
from handeye.model.quantised.at_load import AtLoad
from handeye.model.quantised.awq import AWQ
from handeye.model.quantised.header import Header
from handeye.model.quantised.pack import pack, packed_tensors
from handeye.model.quantised.scheme import Scheme
from handeye.model.shape import Shape
from tests.model.released import network

BF16, FP8, FOUR = FORMATS


def released(size: str) -> Footprint:
    """Return a size in bfloat16."""
    return Footprint(next(model for model in RELEASED if f"-{size}-" in model.name), BF16)


def held_gb(shape: Shape, scheme: Scheme | None, part: str = "weight") -> float:
    """Return the weights of a network in 10^9 bytes; `part` is a tensor that tells that a layer is packed."""
    made = network(shape)
    if scheme is not None:
        layers = [name for name, where in released_layers(made).items() if isinstance(where.layer, nn.Linear)]
        packed = [name for name in layers if name.startswith("model.layers.")]
        with torch.device("meta"):
            pack(made, scheme, {f"{name}.{part}": Header((), torch.int32) for name in packed})
    kept = packed_tensors(made)
    return (
        sum(tensor.numel() * (tensor.itemsize if name in kept else 2) for name, tensor in made.state_dict().items())
        / 1e9
    )


@pytest.mark.slow
@pytest.mark.parametrize("model", RELEASED, ids=[model.name for model in RELEASED])
@pytest.mark.parametrize(
    ("form", "scheme", "part"), [(BF16, None, ""), (FP8, AtLoad("fp8"), "weight"), (FOUR, AWQ(128), "qweight")]
)
def test_the_arithmetic_is_that_of_the_network(model: Released, form: Format, scheme: Scheme | None, part: str) -> None:
    assert Footprint(model, form).weights_gb == pytest.approx(held_gb(model.shape, scheme, part), rel=0.01)


def test_the_72b_is_below_80_gb_in_fp8() -> None:
    """Of its true shape; that loading needs no more is shown on a small one, `quantised/test_memory.py`."""
    assert held_gb(RELEASED[-1].shape, AtLoad("fp8")) < 80 / 1.02


def test_bfloat16_is_as_the_catalog_says() -> None:
    for model in RELEASED:
        assert Footprint(model, BF16).weights_gb == pytest.approx(model.weights_gb, rel=1e-12)
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
