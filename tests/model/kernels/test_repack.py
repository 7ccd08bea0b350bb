"""Packed layers that kernels multiply: the same weights, the same results."""

import weakref
from collections import Counter
from pathlib import Path

import pytest
import torch
from torch import Tensor

from handeye.model.architecture.joined import released_layers
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import open_checkpoint
from handeye.model.kernels.int4 import Int4, pack
from handeye.model.kernels.repack import E4M3Linear, Int4Linear, repack
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.grouped import GroupedLinear
from handeye.model.quantised.linear import PackedLinear
from tests.model.quantised.packed_checkpoint import FORMS, write_packed
from tests.model.quantised.test_pack import LAYERS


class Counted(TorchKernels):
    """Counts the products that it is asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def linear8(self, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        self.asked["linear8"] += 1
        assert x.is_contiguous() and x.dim() == 2
        return super().linear8(x, weight, scale, bias)

    def linear4(self, x: Tensor, weight: Int4, bias: Tensor | None) -> Tensor:
        self.asked["linear4"] += 1
        assert x.is_contiguous() and x.dim() == 2
        return super().linear4(x, weight, bias)


def opened(form: str, folder: Path) -> Qwen2_5_VL:
    """Return a packed network in float32; "at load" is made fp8 then, and computes in bfloat16."""
    packed, dense = write_packed(folder, FORMS["fp8" if form == "at load" else form])
    if form == "at load":
        return open_checkpoint(dense, device="cpu", dtype="fp8").network
    return open_checkpoint(packed, device="cpu", dtype="float32").network


@pytest.mark.slow
@pytest.mark.parametrize("form", ["awq", "gptq-act-order", "w4a16", "w4a16-asymmetric", "fp8"])
def test_a_network_is_the_same_afterwards(form: str, tmp_path: Path) -> None:
    network = opened(form, tmp_path)
    before = {
        name: (where.layer.dense(torch.float32), where.layer.bias)
        for name, where in released_layers(network).items()
        if isinstance(where.layer, PackedLinear)
    }
    repack(network, "cpu")
    after = {name: where.layer for name, where in released_layers(network).items() if name in before}
    assert len(after) == LAYERS
    x = torch.randn(2, 3, 96)
    for name, layer in after.items():
        dense, bias = before[name]
        assert isinstance(layer, E4M3Linear if form == "fp8" else Int4Linear) and layer.bias is bias
        assert torch.equal(layer.dense(torch.float32), dense)
        given = x[..., : layer.in_features]
        expected = torch.nn.functional.linear(given, dense, bias)
        assert torch.allclose(layer(given), expected, atol=1e-4)
        assert torch.allclose(layer(given[0, 0]), expected[0, 0], atol=1e-4)


@pytest.mark.parametrize("form", ["gptq-act-order", "w4a16-asymmetric", "fp8", "at load"])
def test_its_modules_use_the_kernels_of_their_device(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each layer once; with PyTorch's, the network computes what it did."""
    network, kernels = opened(form, tmp_path), Counted()
    ids = torch.arange(2 * 9).view(2, 9)
    positions = torch.arange(9).expand(3, 2, 9)
    with torch.inference_mode():
        expected = network.model(network.embed(ids), positions)
        repack(network, "cpu")
        monkeypatch.setattr("handeye.model.kernels.repack.choose_for", lambda x: kernels)
        found = network.model(network.embed(ids), positions)
    if form == "gptq-act-order":  # whose inputs are summed in another order
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
    else:
        assert torch.equal(found, expected)
    assert kernels.asked == {"linear4" if "4" in form or "gptq" in form else "linear8": LAYERS}


@pytest.mark.parametrize("form", ["fp8", "at load"])
def test_bytes_keep_their_memory_and_their_names(form: str, tmp_path: Path) -> None:
    network = opened(form, tmp_path)
    before = {name: tensor.data_ptr() for name, tensor in network.state_dict().items()}
    repack(network, "cpu")
    assert {name: tensor.data_ptr() for name, tensor in network.state_dict().items()} == before


def test_other_layers_and_other_devices_are_left_alone(tmp_path: Path) -> None:
    packed, _ = write_packed(tmp_path / "a", FORMS["awq"])
    network = open_checkpoint(packed, device="cpu").network
    repack(network)
    assert not any(isinstance(module, Int4Linear) for module in network.modules())
    for form in ("nf4", "w8a8", "gptq-8"):
        packed, _ = write_packed(tmp_path / form, FORMS[form])
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


@pytest.mark.parametrize("form", ["awq", "fp8"])
def test_gradients_go_through(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels have none."""

    def refuse(x: torch.Tensor) -> None:
        raise AssertionError("a kernel was asked for")

    packed, _ = write_packed(tmp_path, FORMS[form])
    network = open_checkpoint(packed, device="cpu").network
    repack(network, "cpu")
    monkeypatch.setattr("handeye.model.kernels.repack.choose_for", refuse)
    layer = next(module for module in network.modules() if isinstance(module, Int4Linear | E4M3Linear))
    x = torch.randn(3, layer.in_features, requires_grad=True)
    layer(x).sum().backward()
    assert x.grad is not None
    assert torch.allclose(x.grad, layer.dense(torch.float32).sum(0).expand(3, -1), atol=1e-4)
    with torch.inference_mode(), pytest.raises(AssertionError, match="a kernel was asked for"):
        layer(x)
