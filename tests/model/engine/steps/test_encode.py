"""The vision transformer with kernels between its products: the same cells as from its own modules."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from handeye.model.architecture.joined import StackedLinear
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import open_checkpoint
from handeye.model.engine.steps.encode import encode
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.twin import TorchKernels
from handeye.model.quantised.pack import packed_layers
from tests.model.kernels.gpu.interpreted import interpreted
from tests.model.quantised.packed_checkpoint import FORMS, awq, is_of_any_layer, write_packed
from tests.model.random_checkpoint import build_tokenizer, config_fields

GRIDS = [
    [Grid(1, 4, 6)],
    [Grid(1, 8, 8)],
    [Grid(1, 14, 10)],
    [Grid(1, 2, 2), Grid(1, 12, 10)],
    [Grid(3, 4, 10)],
]


@pytest.fixture(autouse=True)
def inference() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture
def network(folder: Path) -> Qwen2_5_VL:
    return open_checkpoint(folder, device="cpu", dtype="float32").network


def both(network: Qwen2_5_VL, kernels: Kernels | None, grids: list[Grid], frames: int = 1) -> tuple[Tensor, Tensor]:
    """Return cells by kernels, and by the modules."""
    patches = torch.randn(
        sum(grid.patches for grid in grids), 3 * frames * 14 * 14, generator=torch.Generator().manual_seed(0)
    ).to(network.compute)
    visual = network.visual
    return encode(visual, kernels, patches, visual.layout(patches, grids)), visual(patches, grids)


def equal(found: Tensor, expected: Tensor) -> None:
    assert torch.allclose(found, expected, atol=1e-5 * float(expected.abs().max()), rtol=0)


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("grids", GRIDS)
def test_cells_are_those_of_the_modules(network: Qwen2_5_VL, grids: list[Grid], frames: int) -> None:
    equal(*both(network, TorchKernels(), grids, frames))


@pytest.mark.parametrize("grids", GRIDS)
def test_bfloat16_is_rounded_where_the_modules_round(folder: Path, grids: list[Grid]) -> None:
    network = open_checkpoint(folder, device="cpu", dtype="bfloat16").network
    network.to(torch.bfloat16)  # a CPU computes in float32
    found, expected = both(network, TorchKernels(), grids)
    assert found.dtype is torch.bfloat16 and torch.equal(found, expected)


def test_the_kernels_of_a_gpu_make_the_same(network: Qwen2_5_VL) -> None:
    with interpreted() as kernels:
        equal(*both(network, kernels, GRIDS[0]))
        found, expected = both(network.to(torch.bfloat16), kernels, GRIDS[0])
    assert torch.allclose(found.float(), expected.float(), atol=0.02 * float(expected.abs().max()), rtol=0)


@pytest.mark.parametrize("form", FORMS)
def test_layers_may_be_packed(form: str, tmp_path: Path) -> None:
    network = packed(tmp_path, form, in_vision)
    assert len(packed_layers(network)) == 5 * network.config.vision.depth + 2
    for grids in GRIDS:
        equal(*both(network, TorchKernels(), grids))


def test_a_part_of_a_layer_may_be_packed(tmp_path: Path) -> None:
    network = packed(tmp_path, "awq", lambda name: in_vision(name) and "gate_proj" in name)
    assert len(packed_layers(network)) == network.config.vision.depth
    assert isinstance(network.visual.blocks[0].mlp.gate_up_proj, StackedLinear)
    equal(*both(network, TorchKernels(), GRIDS[3]))


def packed(folder: Path, form: str, which: Callable[[str], bool]) -> Qwen2_5_VL:
    """Open a checkpoint whose inner width has room for groups of 32, of which `which` tells what is packed."""
    config = {**config_fields(build_tokenizer())["vision_config"], "intermediate_size": 96}
    made, _ = write_packed(folder, awq(32) if form == "awq" else FORMS[form], which, vision_config=config)
    return open_checkpoint(made, device="cpu", dtype="float32").network


def in_vision(name: str) -> bool:
    return name.startswith("visual.") and is_of_any_layer(name)


class Counted(TorchKernels):
    """Counts what is asked of it."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name in ("norm", "gate", "rotate"):
            self.calls[name] += 1
        return found


def test_all_between_the_products_is_that_of_the_kernels(network: Qwen2_5_VL) -> None:
    kernels, depth = Counted(), network.config.vision.depth
    both(network, kernels, GRIDS[0])
    assert kernels.calls == {"norm": 2 * depth + 1, "rotate": depth, "gate": depth}


def test_without_kernels_it_is_the_modules(network: Qwen2_5_VL) -> None:
    assert torch.equal(*both(network, None, GRIDS[3]))
