"""Rows that begin at 16 bytes: the same layers otherwise."""

import copy
import weakref
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from handeye.model.architecture.layers import Linear
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import open_checkpoint
from handeye.model.engine.steps.encode import encode
from handeye.model.engine.steps.static_vision import StaticVision
from handeye.model.kernels.padded import PaddedLinear, input_width, pad
from handeye.model.kernels.twin import TorchKernels
from tests.model.random_checkpoint import write_checkpoint


def layer(inputs: int, outputs: int = 6, *, bias: bool = True, dtype: torch.dtype = torch.bfloat16) -> Linear:
    torch.manual_seed(inputs)
    made = Linear(inputs, outputs, bias=bias).to(dtype)
    nn.init.normal_(made.weight, std=inputs**-0.5)
    return made.requires_grad_(requires_grad=False)


def padded(before: Linear) -> PaddedLinear:
    network = nn.Sequential(before)
    pad(network, "cpu")
    [after] = network
    assert isinstance(after, PaddedLinear)
    return after


def starts(weight: Tensor) -> set[int]:
    return {row.data_ptr() % 16 for row in weight}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("inputs", [1, 7, 12, 3420])
@pytest.mark.parametrize("shape", [(5,), (2, 3), ()])
def test_the_same_with_rows_that_begin_at_16_bytes(inputs: int, shape: tuple[int, ...], bias: bool) -> None:
    before = layer(inputs, bias=bias)
    after = padded(before)
    assert len(starts(before.weight)) > 1
    assert len(starts(after.weight)) == 1
    assert torch.equal(after.weight, before.weight) and after.bias is before.bias
    x = torch.randn(*shape, inputs).bfloat16()
    with torch.inference_mode():
        assert torch.allclose(after(x).float(), before(x).float(), atol=0.04)
        exact = nn.functional.linear(
            x.float(), before.weight.float(), None if before.bias is None else before.bias.float()
        )
        assert float((after(x).float() - exact).abs().max()) <= 2**-7 * float(exact.abs().max())


def test_rows_with_zeros_behind_them_are_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    before = layer(13)
    after = padded(before)
    x = torch.randn(4, 13).bfloat16()
    with torch.inference_mode():
        assert (input_width(before), input_width(after)) == (13, 16)
        expected, wide = after(x), nn.functional.pad(x, (0, 3))
        monkeypatch.delattr(nn.functional, "pad")
        assert torch.equal(after(wide), expected)


@pytest.mark.parametrize(("inputs", "dtype"), [(3424, torch.bfloat16), (3420, torch.float32), (8, torch.float16)])
def test_what_is_aligned_is_left_alone(inputs: int, dtype: torch.dtype) -> None:
    network = nn.Sequential(layer(inputs, dtype=dtype))
    [before] = network
    pad(network, "cpu")
    assert network[0] is before


def test_other_devices_are_left_alone() -> None:
    network = nn.Sequential(layer(7))
    pad(network)
    assert type(network[0]) is Linear


def test_what_is_beyond_a_row_has_no_effect() -> None:
    before = layer(13)
    after = padded(before)
    x = torch.randn(4, 13).bfloat16()
    with torch.inference_mode():
        expected = after(x)
    after.weight.as_strided((6, 3), (16, 1), 13).fill_(1e30)
    with torch.inference_mode():
        assert torch.equal(after(x), expected)


def test_old_layers_are_gone_before_the_next_is_padded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else both forms of all of them would have to fit on the GPU."""
    network = nn.Sequential(*(layer(13) for _ in range(4)))
    before = [weakref.ref(each) for each in network]
    alive: list[int] = []
    made = PaddedLinear.__init__

    def making(new: PaddedLinear, old: Linear) -> None:
        alive.append(sum(each() is not None for each in before))
        made(new, old)

    monkeypatch.setattr(PaddedLinear, "__init__", making)
    pad(network, "cpu")
    assert alive == [4, 3, 2, 1]


def test_a_weight_that_is_a_part_of_another_is_not_taken_for_padded() -> None:
    after, larger = padded(layer(13)), torch.full((6, 16), torch.nan).bfloat16()
    larger[:, :13] = 1
    after.weight = nn.Parameter(larger[:, :13], requires_grad=False)
    with torch.inference_mode():
        assert bool(after(torch.ones(2, 13).bfloat16()).isfinite().all())


def test_weights_that_are_replaced_count() -> None:
    after, other = padded(layer(13)), layer(13)
    nn.init.normal_(other.weight)
    x = torch.randn(4, 13).bfloat16()
    with torch.inference_mode():
        expected = other(x)
        after.load_state_dict(other.state_dict())
        assert starts(after.weight) == {after.weight.data_ptr() % 16}
        assert torch.allclose(after(x).float(), expected.float(), atol=0.1)
        after.load_state_dict(other.state_dict(), assign=True)
        assert input_width(after) == 13
        assert torch.equal(after(x), expected)


def test_copies_and_moves_keep_the_weight() -> None:
    after = padded(layer(13))
    x = torch.randn(4, 13).bfloat16()
    with torch.inference_mode():
        expected = after(x).float()
    with torch.inference_mode():
        for other in (copy.deepcopy(after), copy.deepcopy(after).half(), copy.deepcopy(after).float()):
            found = other(x.to(other.weight.dtype)).float()
            assert torch.allclose(found, expected, atol=0.04)


def test_the_vision_part_of_a_checkpoint_is_padded(
    fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = copy.deepcopy(fields)
    changed["vision_config"]["intermediate_size"] = 91
    folder = write_checkpoint(tmp_path, fields=changed)
    before = open_checkpoint(folder, device="cpu", dtype="bfloat16").network
    monkeypatch.setattr("handeye.model.adapters.apply.pad", lambda network: pad(network, "cpu"))
    after = open_checkpoint(folder, device="cpu", dtype="bfloat16").network
    down = [name for name, module in after.named_modules() if isinstance(module, PaddedLinear)]
    assert down == [f"visual.blocks.{index}.mlp.down_proj" for index in range(after.config.vision.depth)]
    state = after.state_dict()
    assert [*state] == [*before.state_dict()]
    assert all(torch.equal(state[name], tensor) for name, tensor in before.state_dict().items())
    pixels, grids = torch.randn(40, 3 * 14 * 14).bfloat16(), [Grid(1, 4, 10)]
    with torch.inference_mode():
        found, expected = (network.visual(pixels, grids).float() for network in (after, before))
    assert torch.allclose(found, expected, atol=0.03 * float(expected.abs().max()))
    with torch.inference_mode():
        found = encode(after.visual, TorchKernels(), pixels, after.visual.layout(pixels, grids)).float()
    assert torch.allclose(found, expected, atol=0.03 * float(expected.abs().max()))
    monkeypatch.setattr(Qwen2_5_VL, "device", torch.device("cuda", 0))
    assert StaticVision.can_run(after)


def test_it_can_be_trained() -> None:
    before = layer(13)
    after = padded(before).requires_grad_()
    x = torch.randn(4, 13).bfloat16()
    after(x).float().sum().backward()
    before.requires_grad_()(x).float().sum().backward()
    assert after.weight.grad is not None and before.weight.grad is not None
    assert torch.equal(after.weight.grad, before.weight.grad)
