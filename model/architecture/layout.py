"""Where the patches of images and videos are: their windows and their rotary turns, on the device of the network.

Shapes: N patches, M = N / 4 merged cells, E width of a head.
"""

from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from handeye.model.architecture.config import VisionConfig
from handeye.model.architecture.positions import patch_positions, turns
from handeye.model.architecture.windows import Grid, Run, window_plan


class Layout(NamedTuple):
    """What the vision transformer needs to know of the grids, all of it on its device."""

    order: Tensor
    """Merged cells, window by window, (M,)."""
    inverse: Tensor
    """Back to raster order, (M,)."""
    windows: tuple[Run, ...]
    frames: tuple[Run, ...]
    cos: Tensor
    """Of each patch, window by window, fp32 (N, 1, 1, E)."""
    sin: Tensor

    def by_window(self, rows: Tensor) -> Tensor:
        """Put rows (N, C), one for each patch in merge-block order, window by window."""
        return rows.view(len(self.order), -1, rows.shape[-1])[self.order].reshape(rows.shape)


@lru_cache(maxsize=4)
def layout(grids: tuple[Grid, ...], config: VisionConfig, device: torch.device) -> Layout:
    """Return the layout of images and videos with these grids.

    Cached: an agent's screen keeps its size, so that nothing is computed or moved for the next screenshot.
    """
    with torch.inference_mode(mode=False):  # it may be used in training later
        plan = window_plan(grids, config)
        found = Layout(plan.order, plan.inverse, plan.windows, plan.frames, *patch_turns(grids, config))
        cos, sin = (found.by_window(part)[:, None, None].to(device) for part in (found.cos, found.sin))
        return found._replace(order=plan.order.to(device), inverse=plan.inverse.to(device), cos=cos, sin=sin)


def patch_turns(grids: tuple[Grid, ...], config: VisionConfig) -> tuple[Tensor, Tensor]:
    """Return cos and sin of each patch in merge-block order, each (N, E), in fp32: by row, then by column."""
    quarter = config.hidden_size // config.num_heads // 4
    frequencies = 1.0 / config.rope_theta ** (torch.arange(quarter).float() / quarter)
    angles = patch_positions(grids, config.spatial_merge_size)[:, :, None] * frequencies  # (N, 2, E/4)
    return turns(angles.flatten(1), torch.float32)
