"""The layer that unpacks its weight each time, whatever the format."""

import torch
from torch import Tensor

from handeye.model.architecture.joined import separate
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.quantised.linear import PackedLinear, scaled


class Halves(PackedLinear):
    """Whole numbers of half a unit."""

    def __init__(self, in_features: int, out_features: int, *, bias: bool) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.hold("halves", (out_features, in_features), torch.int8)

    def dense(self, dtype: torch.dtype) -> Tensor:
        return scaled(self.get_parameter("halves"), torch.tensor(0.5), dtype)


def halves(in_features: int, out_features: int, *, bias: bool) -> Halves:
    layer = Halves(in_features, out_features, bias=bias)
    generator = torch.Generator().manual_seed(out_features)
    layer.get_parameter("halves").random_(-8, 8, generator=generator)
    if layer.bias is not None:
        layer.bias.normal_(generator=generator)
    return layer


def test_it_computes_what_its_dense_weight_computes() -> None:
    layer = halves(6, 4, bias=True)
    x = torch.randn(2, 3, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(layer(x), torch.nn.functional.linear(x, layer.dense(torch.float32), layer.bias))
    layer.bias = torch.nn.Parameter(torch.zeros(4, dtype=torch.bfloat16), requires_grad=False)
    assert layer(x.bfloat16()).dtype is torch.bfloat16
    assert repr(layer) == "Halves(in_features=6, out_features=4, bias=True)"


def test_it_is_filled_like_any_layer() -> None:
    with torch.device("meta"):
        empty = Halves(6, 4, bias=False)
    filled = halves(6, 4, bias=False)
    empty.load_state_dict(filled.state_dict(), assign=True)
    assert torch.equal(empty.dense(torch.float32), filled.dense(torch.float32))
    assert set(filled.state_dict()) == {"halves"}
    assert not any(parameter.requires_grad for parameter in filled.parameters())


def test_products_are_rounded_once() -> None:
    generator = torch.Generator().manual_seed(0)
    numbers = torch.randint(-128, 128, (64, 32), dtype=torch.int8, generator=generator)
    scale = torch.rand(64, 1, generator=generator)
    assert torch.equal(scaled(numbers, scale, torch.bfloat16), (numbers.float() * scale).bfloat16())


def test_a_packed_part_of_a_joined_layer() -> None:
    mlp = GatedMLP(6, 4, "silu", bias=False)
    mlp.requires_grad_(requires_grad=False)
    x = torch.randn(2, 6, generator=torch.Generator().manual_seed(0))
    packed = halves(6, 4, bias=False)
    gate = mlp.state_dict()["gate_proj.weight"]
    expected = mlp.down_proj(mlp.act(x @ gate.T) * (x @ packed.dense(torch.float32).T))
    separate(mlp, "gate_up_proj").set_submodule("up_proj", packed)
    assert torch.allclose(mlp(x), expected, atol=1e-6)
    assert {*mlp.state_dict()} == {"gate_proj.weight", "up_proj.halves", "down_proj.weight"}
