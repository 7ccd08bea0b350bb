"""Four-bit layers in the layout of the kernels: the same weights, the same replies."""

import weakref
from pathlib import Path

import pytest
import torch

from handeye.model.architecture.joined import released_layers
from handeye.model.checkpoint import open_checkpoint
from handeye.model.kernels.int4 import Int4, pack
from handeye.model.kernels.repack import Int4Linear, repack
from handeye.model.quantised.grouped import GroupedLinear
from tests.model.quantised.packed_checkpoint import FORMS, write_packed
from tests.model.quantised.test_pack import LAYERS


@pytest.mark.slow
@pytest.mark.parametrize("form", ["awq", "gptq-act-order", "w4a16", "w4a16-asymmetric"])
def test_a_network_is_the_same_afterwards(form: str, tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path, FORMS[form])
    network = open_checkpoint(packed, device="cpu").network
    before = {
        name: (where.layer.dense(torch.float32), where.layer.bias)
        for name, where in released_layers(network).items()
        if isinstance(where.layer, GroupedLinear)
    }
    repack(network, "cpu")
    after = {name: where.layer for name, where in released_layers(network).items() if name in before}
    assert len(after) == LAYERS and all(isinstance(layer, Int4Linear) for layer in after.values())
    x = torch.randn(2, 3, 96)
    for name, layer in after.items():
        dense, bias = before[name]
        assert isinstance(layer, Int4Linear) and layer.bias is bias
        assert torch.equal(layer.dense(torch.float32), dense)
        given = x[..., : layer.in_features]
        expected = torch.nn.functional.linear(given, dense, bias)
        assert torch.allclose(layer(given), expected, atol=1e-4)


def test_other_layers_and_other_devices_are_left_alone(tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path / "a", FORMS["awq"])
    network = open_checkpoint(packed, device="cpu").network
    repack(network)
    assert not any(isinstance(module, Int4Linear) for module in network.modules())
    packed, _ = write_packed(tmp_path / "b", FORMS["nf4"])
    network = open_checkpoint(packed, device="cpu").network
    kinds = [type(module) for module in network.modules()]
    repack(network, "cpu")
    assert [type(module) for module in network.modules()] == kinds


def test_old_layers_are_gone_before_the_next_is_packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else both forms of a whole network would have to fit on the GPU."""
    packed, _ = write_packed(tmp_path, FORMS["awq"])
    network = open_checkpoint(packed, device="cpu").network
    before: list[weakref.ref[GroupedLinear]] = []
    alive: list[int] = []

    def packing(layer: GroupedLinear) -> Int4 | None:
        alive.append(sum(each() is not None for each in before))
        before.append(weakref.ref(layer))
        return pack(layer)

    monkeypatch.setattr("handeye.model.kernels.repack.pack", packing)
    repack(network, "cpu")
    assert len(alive) == LAYERS and max(alive) <= 1
