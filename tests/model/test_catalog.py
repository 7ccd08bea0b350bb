"""The figures of the released sizes, counted again on their networks."""

import pytest

from handeye.model.catalog import RELEASED, Released
from tests.model.released import config, network


@pytest.mark.parametrize(
    ("released", "billions"),
    list(zip(RELEASED, (3.75, 8.29, 33.5, 73.4), strict=True)),
    ids=[released.name for released in RELEASED],
)
def test_parameters(released: Released, billions: float) -> None:
    """`billions` are those that the makers publish, to three digits."""
    assert float(f"{released.parameters:.3g}") == billions
    counted = sum(parameter.numel() for parameter in network(released.shape).parameters())
    assert released.shape.parameters == counted
    assert released.weights_gb == pytest.approx(2 * counted / 1e9, rel=1e-12)


@pytest.mark.parametrize("released", RELEASED, ids=[released.name for released in RELEASED])
def test_memory_and_names(released: Released) -> None:
    text = config(released.shape).text
    assert released.kv_kib_per_token * 1024 == 2 * 2 * text.num_hidden_layers * text.num_key_value_heads * text.head_dim
    assert released.memory_gb > released.weights_gb + 2
    assert f"-{released.size}-" in released.name
