"""Window attention of the vision transformer: which patches see one another.

A frame's merged cells are cut into windows of `window_size` pixels, row by row; windows at the right and lower edge
are smaller. Windows never cross frames or images. Source: Qwen2.5-VL technical report, section 2.1.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.config import VisionConfig


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
class Segments:
    """A cut of the patch sequence into runs that attend within themselves, grouped by length.

    Runs of one length form one batched attention call: an image has at most four distinct window lengths.
    """

    groups: tuple[Tensor, ...]
    """One tensor of patch indices per length, each of shape (runs, length)."""
    uniform: bool
    """All runs have one length and stand in order, so that a plain reshape replaces the gather."""

    @classmethod
    def of(cls, lengths: Sequence[int]) -> "Segments":
        """Cut a sequence into consecutive runs of the given lengths."""
        starts: dict[int, list[int]] = {}
        offset = 0
        for length in lengths:
            starts.setdefault(length, []).append(offset)
            offset += length
        groups = tuple(
            torch.tensor(offsets)[:, None] + torch.arange(length)[None, :] for length, offsets in starts.items()
        )
        return cls(groups=groups, uniform=len(groups) == 1)


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """Everything about attention that depends on the grids alone."""

    order: Tensor
    """Merged cells in window order, shape (M,)."""
    inverse: Tensor
    """Back to raster order, shape (M,)."""
    windows: Segments
    frames: Segments


@lru_cache(maxsize=32)
def window_plan(grids: tuple[Grid, ...], config: VisionConfig) -> WindowPlan:
    """Plan the attention for images of these grids. Cached: agents look at one resolution again and again."""
    cell = config.spatial_merge_size**2
    side = config.window_size // config.factor  # merged cells per side of a window
    order: list[Tensor] = []
    windows: list[int] = []
    frames: list[int] = []
    offset = 0
    for grid in grids:
        rows, columns = grid.h // config.spatial_merge_size, grid.w // config.spatial_merge_size
        for _ in range(grid.t):
            cells = torch.arange(rows * columns).view(rows, columns) + offset
            for top in range(0, rows, side):
                for left in range(0, columns, side):
                    window = cells[top : top + side, left : left + side].reshape(-1)
                    order.append(window)
                    windows.append(window.numel() * cell)
            frames.append(grid.h * grid.w)
            offset += rows * columns
    permutation = torch.cat(order)
    return WindowPlan(
        order=permutation,
        inverse=torch.argsort(permutation),
        windows=Segments.of(windows),
        frames=Segments.of(frames),
    )
