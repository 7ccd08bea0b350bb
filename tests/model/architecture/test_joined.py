"""Layers that are computed as one, and the released names of their parts."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import JoinedLinear, StackedLinear, joined, released_layers, separate, with_parts
from handeye.model.checkpoint import open_checkpoint

PARTS = {"a": 3, "b": 5}


class Owner(nn.Module):
    """An owner of a joined layer between two others."""

    def __init__(self) -> None:
        super().__init__()
        self.before = nn.Linear(4, 4)
        self.both: nn.Module = JoinedLinear(4, PARTS, bias=True)
        self.after = nn.Linear(8, 4)
        with_parts(self, "both")

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.after(self.both(self.before(x)))
        return y


def owners() -> nn.ModuleDict:
    torch.manual_seed(0)
    return nn.ModuleDict({"first": Owner(), "second": Owner()})


NAMES = [
    f"{owner}.{layer}.{kind}"
    for owner in ("first", "second")
    for layer in ("before", "a", "b", "after")
    for kind in ("weight", "bias")
]


def test_a_state_has_the_names_of_the_parts() -> None:
    network = owners()
    state = network.state_dict()
    assert sorted(state) == sorted(NAMES)
    assert [*state] == NAMES
    layer = network["first"].both
    assert torch.equal(torch.cat([state["first.a.weight"], state["first.b.weight"]]), layer.weight)
    state["first.b.bias"].fill_(7)
    assert layer.bias.tolist()[3:] == [7] * 5


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("apart", [False, True])
def test_a_state_is_loaded_by_the_names_of_the_parts(assign: bool, apart: bool) -> None:
    source, target = owners(), owners()
    with torch.no_grad():
        for parameter in source.parameters():
            parameter.normal_()
    if apart:
        separate(target, "second.both")
    x = torch.randn(2, 4)
    target.load_state_dict(source.state_dict(), assign=assign)
    assert torch.allclose(target["second"](x), source["second"](x), atol=1e-6)
    assert sorted(target.state_dict()) == sorted(NAMES)


def test_a_part_that_is_missing_is_named() -> None:
    state = owners().state_dict()
    del state["first.b.weight"]
    with pytest.raises(RuntimeError, match=r"both\.weight"):
        owners().load_state_dict(state)


def test_parts_of_one_tensor_are_joined_without_a_copy() -> None:
    whole = torch.randn(9, 4)
    again = joined([whole[1:4], whole[4:8]])
    assert again.data_ptr() == whole[1:].data_ptr() and again.shape == (7, 4)
    swapped = joined([whole[4:8], whole[1:4]])
    assert torch.equal(swapped, torch.cat([whole[4:8], whole[1:4]]))
    assert swapped.data_ptr() != whole[4:].data_ptr()


def test_parts_become_layers_of_their_own_without_a_copy() -> None:
    network = owners()
    x = torch.randn(2, 4)
    before, weight = network["first"](x), network["first"].both.weight
    stacked = separate(network, "first.both")
    assert isinstance(stacked, StackedLinear) and [*stacked] == ["a", "b"]
    assert (stacked.in_features, stacked.out_features) == (4, 8)
    assert stacked["b"].weight.data_ptr() == weight[3:].data_ptr()
    assert stacked["b"].weight.requires_grad
    assert torch.allclose(network["first"](x), before, atol=1e-6)
    assert sorted(network.state_dict()) == sorted(NAMES)


def test_where_each_released_layer_is() -> None:
    network = owners()
    separate(network, "second.both")
    found = released_layers(network)
    assert found["first.b"] == ("first.both", network["first"].both, slice(3, 8))
    assert found["second.b"] == ("second.both.b", network["second"].both["b"], None)
    assert found["second.after"] == ("second.after", network["second"].after, None)
    assert "first.both" not in found


def test_a_network_is_in_one_piece(folder: Path) -> None:
    """Weights of joined layers lie in one tensor after loading, and their state is that of the files."""
    network = open_checkpoint(folder, device="cpu").network
    layers = [module for module in network.modules() if isinstance(module, JoinedLinear)]
    assert len(layers) == 2 * len(network.model.layers) + len(network.visual.blocks)
    assert not any(isinstance(module, StackedLinear) for module in network.modules())
    names = {name.rpartition(".")[0].rpartition(".")[2] for name in network.state_dict()}
    assert {"q_proj", "k_proj", "v_proj", "gate_proj", "up_proj"} <= names
    assert not {"qkv_proj", "gate_up_proj"} & names
