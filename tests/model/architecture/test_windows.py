"""Windows, against the reference's window index."""

from typing import Any

import pytest
import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.windows import Grid, runs, window_plan

GRIDS = [
    (Grid(1, 8, 8),),
    (Grid(1, 78, 138),),
    (Grid(1, 20, 34), Grid(1, 16, 16)),
    (Grid(1, 2, 2), Grid(1, 2, 60), Grid(1, 46, 6)),
    (Grid(3, 10, 12), Grid(1, 8, 24)),
]


@pytest.mark.parametrize("grids", GRIDS)
def test_windows_hold_the_same_cells_as_the_references(grids: tuple[Grid, ...], fields: dict[str, Any]) -> None:
    from transformers.vision_utils import get_vision_cu_seqlens, get_vision_window_index

    plan = window_plan(grids, ModelConfig.from_json(fields).vision)
    index, ends = get_vision_window_index(torch.tensor(grids), 2, 112, 14)
    theirs = {tuple(part.tolist()) for part in torch.split(index, (ends.diff() // 4).tolist())}
    lengths = [run.length for run in plan.windows for _ in range(run.segments)]
    ours = {tuple(part.tolist()) for part in torch.split(plan.order, [length // 4 for length in lengths])}
    assert ours == theirs
    frames = [run.length for run in plan.frames for _ in range(run.segments)]
    assert frames == get_vision_cu_seqlens(torch.tensor(grids)).diff().tolist()
    assert torch.equal(plan.order[plan.inverse], torch.arange(len(index)))


@pytest.mark.parametrize("grids", GRIDS)
def test_runs_follow_one_another_and_never_cross_a_frame(grids: tuple[Grid, ...], fields: dict[str, Any]) -> None:
    plan = window_plan(grids, ModelConfig.from_json(fields).vision)
    for cut in (plan.windows, plan.frames):
        assert [run.start for run in cut] == [0, *(run.end for run in cut[:-1])]
        assert cut[-1].end == sum(grid.patches for grid in grids)


def test_an_image_needs_at_most_four_calls(fields: dict[str, Any]) -> None:
    config = ModelConfig.from_json(fields).vision
    assert len(window_plan((Grid(1, 78, 138),), config).windows) == 4
    assert len(window_plan((Grid(1, 80, 136),), config).windows) == 1  # 1904x1120: every window is whole
    assert len(window_plan((Grid(1, 80, 136),) * 3, config).windows) == 1


def test_runs() -> None:
    assert [(run.start, run.segments, run.length) for run in runs([4, 4, 2, 4])] == [(0, 2, 4), (8, 1, 2), (10, 1, 4)]
    assert runs([]) == ()
