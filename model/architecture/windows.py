"""Window attention of the vision transformer: which patches attend to each other.

A frame's merged cells are divided into windows of `window_size` pixels, row by row; windows at the right and lower
edge can be smaller. Windows never cross frames or images. Source: Qwen2.5-VL technical report, section 2.1.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.architecture.config import VisionConfig


class Grid(NamedTuple):
    """Size of one image or video in patches."""

    t: int
    """Pairs of frames; 1 for an image."""
    h: int
    w: int

    @property
    def patches(self) -> int:
        """Number of patches."""
        return self.t * self.h * self.w


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive segments of equal length in the patch sequence; each segment attends within itself.

    A run is one batched attention call on a plain view of the sequence.
    """

    start: int
    """First patch."""
    segments: int
    """Number of segments."""
    length: int
    """Patches per segment."""

    @property
    def end(self) -> int:
        """One past the last patch."""
        return self.start + self.segments * self.length


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Everything about attention that depends only on the grids."""

    order: Tensor
    """Merged cells, window by window, shape (M,)."""
    inverse: Tensor
    """Back to raster order, shape (M,)."""
    windows: tuple[Run, ...]
    frames: tuple[Run, ...]


def window_plan(grids: tuple[Grid, ...], config: VisionConfig) -> WindowPlan:
    """Plan the attention for images of these grids.

    A frame has at most four sizes of windows: inner ones, those at the right edge, at the lower edge, and the corner.
    Windows of equal length are placed next to each other, which does not affect the result.
    """
    cell = config.spatial_merge_size**2
    order: list[Tensor] = []
    frames: list[int] = []
    for grid in grids:
        rows, columns = grid.h // config.spatial_merge_size, grid.w // config.spatial_merge_size
        for _ in range(grid.t):
            windows = _windows(rows, columns, side=config.window_size // config.factor)
            windows.sort(key=len, reverse=True)
            offset = sum(frames) // cell
            order += [window + offset for window in windows]
            frames.append(grid.h * grid.w)
    permutation = torch.cat(order)
    return WindowPlan(
        order=permutation,
        inverse=torch.argsort(permutation),
        windows=runs([window.numel() * cell for window in order]),
        frames=runs(frames),
    )


def _windows(rows: int, columns: int, side: int) -> list[Tensor]:
    """Divide one frame's cells into windows of `side` x `side`, row by row; each holds the indices of its cells."""
    cells = torch.arange(rows * columns).view(rows, columns)
    return [
        cells[top : top + side, left : left + side].reshape(-1)
        for top in range(0, rows, side)
        for left in range(0, columns, side)
    ]


def runs(lengths: Sequence[int]) -> tuple[Run, ...]:
    """Group consecutive segments of the given lengths into runs."""
    found: list[Run] = []
    for length in lengths:
        if found and found[-1].length == length:
            found[-1] = replace(found[-1], segments=found[-1].segments + 1)
        else:
            found.append(Run(found[-1].end if found else 0, 1, length))
    return tuple(found)
