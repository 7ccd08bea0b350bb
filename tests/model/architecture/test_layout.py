"""What is known of a grid: once for each device, and of use in inference and training alike."""

from typing import Any

import pytest
import torch

from handeye.model.architecture.config import ModelConfig, VisionConfig
from handeye.model.architecture.layout import layout, patch_turns
from handeye.model.architecture.vision import VisionTransformer
from handeye.model.architecture.windows import Grid, window_plan
from tests.model.simulated_gpus import OnGpu, simulated_gpus

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)
GRIDS = (Grid(1, 10, 12), Grid(2, 4, 8))


@pytest.fixture
def config(fields: dict[str, Any]) -> VisionConfig:
    return ModelConfig.from_json(fields).vision


def test_turns_are_those_of_the_patches_window_by_window(config: VisionConfig) -> None:
    found, plan = layout(GRIDS, config, CPU), window_plan(GRIDS, config)
    cell = config.spatial_merge_size**2
    patches = (plan.order[:, None] * cell + torch.arange(cell)).view(-1)
    cos, sin = patch_turns(GRIDS, config)
    assert torch.equal(found.cos[:, 0, 0], cos[patches]) and torch.equal(found.sin[:, 0, 0], sin[patches])
    assert torch.equal(found.order, plan.order) and torch.equal(found.inverse, plan.inverse)
    assert (found.windows, found.frames) == (plan.windows, plan.frames)
    rows = torch.arange(len(patches))[:, None].expand(-1, 3)
    assert torch.equal(found.by_window(rows), rows[patches])


def test_nothing_is_computed_or_moved_again(config: VisionConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    with simulated_gpus(1):
        first = layout(GRIDS, config, GPU)
        assert isinstance(first.cos, OnGpu) and isinstance(first.order, OnGpu)
        monkeypatch.setattr("handeye.model.architecture.layout.window_plan", None)
        monkeypatch.setattr("handeye.model.architecture.layout.patch_turns", None)
        assert layout(GRIDS, config, GPU) is first


def test_what_inference_has_made_is_of_use_in_training(config: VisionConfig) -> None:
    layout.cache_clear()
    torch.manual_seed(0)
    network = VisionTransformer(config)
    patches = torch.randn(sum(grid.patches for grid in GRIDS), 3 * 2 * config.patch_size**2)
    with torch.inference_mode():
        seen = network(patches, GRIDS)
    learned = network(patches, GRIDS)
    learned.sum().backward()
    assert torch.equal(learned.detach(), seen)
    assert all(parameter.grad is not None for parameter in network.parameters())
