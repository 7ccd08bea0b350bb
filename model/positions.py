"""Rotary positions: 2-D for patches, three-axis (M-RoPE) for the decoder.

Source: Qwen2-VL report section 2.1 (M-RoPE), Qwen2.5-VL report section 2.1.2 (absolute time).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from handeye.model.config import ModelConfig
from handeye.model.windows import Grid


def patch_positions(grids: Sequence[Grid], merge: int) -> Tensor:
    """Return (row, column) of each patch in its frame, merge block by merge block, shape (N, 2)."""
    parts: list[Tensor] = []
    for grid in grids:
        rows = torch.arange(grid.h)[:, None].expand(grid.h, grid.w)
        columns = torch.arange(grid.w)[None, :].expand(grid.h, grid.w)
        frame = torch.stack([_by_blocks(rows, merge), _by_blocks(columns, merge)], dim=-1)
        parts.append(frame.repeat(grid.t, 1))
    return torch.cat(parts)


def _by_blocks(values: Tensor, merge: int) -> Tensor:
    """Flatten an (h, w) map so that the patches of one merged cell are neighbours."""
    h, w = values.shape
    blocks = values.reshape(h // merge, merge, w // merge, merge)
    return blocks.permute(0, 2, 1, 3).reshape(-1)  # (h/m, w/m, m, m) -> (h*w,)


@dataclass(frozen=True, slots=True)
class TokenPositions:
    """The positions of the tokens of one sequence on the axes time, height and width."""

    index: Tensor
    """Shape (3, L)."""
    next: int
    """Position of the next token, the same on all axes."""


def token_positions(ids: Tensor, grids: Sequence[Grid], config: ModelConfig, start: int = 0) -> TokenPositions:
    """Return the positions, from `start` on, of one sequence of tokens (L,) whose images have these grids.

    A text token advances one step on all axes. An image has a single time, extends over rows and columns, and advances
    by its longer side in merged cells.

    Raises:
        ValueError: the image tokens do not match the grids. Continuing would silently misplace every later token.
    """
    merge = config.vision.spatial_merge_size
    is_image = (ids == config.image_token_id).tolist()
    parts: list[Tensor] = []
    position, cursor, used = start, 0, 0
    while cursor < len(is_image):
        if not is_image[cursor]:
            end = cursor
            while end < len(is_image) and not is_image[end]:
                end += 1
            parts.append(torch.arange(position, position + end - cursor).expand(3, -1))
            position += end - cursor
        else:
            if used == len(grids):
                raise ValueError(f"the prompt has image tokens beyond its {len(grids)} images")
            t, rows, columns = grids[used].t, grids[used].h // merge, grids[used].w // merge
            end = cursor + t * rows * columns
            if not all(is_image[cursor:end]) or end > len(is_image):
                raise ValueError(f"image {used} needs {t * rows * columns} image tokens in a row")
            cell = torch.stack(
                torch.meshgrid(torch.arange(t), torch.arange(rows), torch.arange(columns), indexing="ij")
            )
            cell[0] = 0  # the frames of a still share one time
            parts.append(cell.reshape(3, -1) + position)
            position += max(rows, columns)
            used += 1
        cursor = end
    if used != len(grids):
        raise ValueError(f"the prompt has tokens for {used} images, but {len(grids)} were given")
    return TokenPositions(torch.cat(parts, dim=1), position)


def turns(angles: Tensor, dtype: torch.dtype, scale: float = 1.0) -> tuple[Tensor, Tensor]:
    """Return the arguments of `rotate` for angles (..., E/2), computed in fp32: cos and sin times `scale`, (..., E).

    The first half of the sines is negated, so that this is not repeated for every head.
    """
    cos, sin = angles.cos() * scale, angles.sin() * scale
    return torch.cat((cos, cos), dim=-1).to(dtype), torch.cat((-sin, sin), dim=-1).to(dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the pairs (x[i], x[i + E/2]) of heads (..., E); `cos` and `sin` come from `turns`."""
    return x * cos + x.roll(x.shape[-1] // 2, dims=-1) * sin
