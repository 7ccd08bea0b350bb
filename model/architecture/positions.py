"""Rotary positions: 2-D for patches, three-axis (M-RoPE) for the decoder.

Source: Qwen2-VL report section 2.1 (M-RoPE), Qwen2.5-VL report section 2.1.2 (absolute time).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.windows import Grid


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


def token_positions(
    ids: Tensor,
    grids: Sequence[Grid],
    config: ModelConfig,
    start: int = 0,
    *,
    seconds: Sequence[Sequence[float]] = (),
) -> TokenPositions:
    """Return the positions, from `start` on, of one sequence of tokens (L,) whose images and videos have these grids.

    A text token advances one step on all axes. An image has a single time, extends over rows and columns, and advances
    by its longer side in merged cells. A video extends over time too: each second takes `tokens_per_second` steps, and
    what follows begins after its last position on any axis; by the rule "hf5", where it would begin after an image.
    For a decoder with one axis, every token advances one step, those of images too.

    Args:
        ids: Token ids.
        grids: One for each image and each video, in order.
        config: That of the checkpoint.
        start: The position of the first token.
        seconds: For each video, in order, the second of each of its grids, from its first on.

    Raises:
        ValueError: the tokens do not match the grids, or the videos the seconds. Continuing would silently misplace
            every later token.
    """
    merge, videos = config.vision.spatial_merge_size, iter(seconds)
    if config.axes == 1:
        return _in_a_row(ids, sum(grid.patches for grid in grids) // merge**2, config, start)
    kinds = torch.where(ids == config.image_token_id, 1, torch.where(ids == config.video_token_id, 2, 0)).tolist()
    parts: list[Tensor] = []
    position, cursor, used = start, 0, 0
    while cursor < len(kinds):
        if not kinds[cursor]:
            end = cursor
            while end < len(kinds) and not kinds[end]:
                end += 1
            parts.append(torch.arange(position, position + end - cursor).expand(3, -1))
            position += end - cursor
        else:
            if used == len(grids):
                raise ValueError(
                    f"the prompt has image tokens or video tokens beyond its {len(grids)} images and videos"
                )
            kind, grid = kinds[cursor], grids[used]
            cells = _cells(grid, merge, next(videos, None) if kind == 2 else (0.0,) * grid.t, config)
            end = cursor + cells.shape[1]
            if kinds[cursor:end] != [kind] * cells.shape[1]:
                raise ValueError(f"image or video {used} needs {cells.shape[1]} of its tokens in a row")
            parts.append(cells + position)
            longest = max(grid.h, grid.w) // merge
            position += longest if kind == 1 or config.mrope == "hf5" else int(cells.max()) + 1
            used += 1
        cursor = end
    if used != len(grids):
        raise ValueError(f"the prompt has tokens for {used} images and videos, but {len(grids)} were given")
    if next(videos, None) is not None:
        raise ValueError("there are seconds of more videos than the prompt has")
    index = torch.cat(parts, dim=1)
    return TokenPositions(index, max(position, int(index.max()) + 1))


def _in_a_row(ids: Tensor, cells: int, config: ModelConfig, start: int) -> TokenPositions:
    """Return the positions of tokens that follow one another on all axes; images fill `cells` of them."""
    if (found := int((ids == config.image_token_id).sum())) != cells:
        raise ValueError(f"the prompt has {found} image tokens, but its images need {cells}")
    return TokenPositions(torch.arange(start, start + len(ids)).expand(3, -1), start + len(ids))


def _cells(grid: Grid, merge: int, seconds: Sequence[float] | None, config: ModelConfig) -> Tensor:
    """Return time, row and column of each merged cell of an image or a video, (3, t*h*w), from 0 on."""
    if seconds is None or len(seconds) != grid.t:
        raise ValueError(f"a video of {grid.t} grids needs as many seconds, not {seconds and len(seconds)}")
    # fp32, as in the reference: where a product is just below a whole number, so is the reference's
    times = (torch.tensor(seconds, dtype=torch.float32) * config.vision.tokens_per_second).long()
    rows, columns = torch.arange(grid.h // merge), torch.arange(grid.w // merge)
    return torch.stack(torch.meshgrid(times, rows, columns, indexing="ij")).reshape(3, -1)


def turns(angles: Tensor, dtype: torch.dtype, scale: float = 1.0) -> tuple[Tensor, Tensor]:
    """Return the arguments of `rotate` for angles (..., E/2), computed in fp32: cos and sin times `scale`, (..., E).

    The first half of the sines is negated, so that this is not repeated for every head.
    """
    cos, sin = angles.cos() * scale, angles.sin() * scale
    return torch.cat((cos, cos), dim=-1).to(dtype), torch.cat((-sin, sin), dim=-1).to(dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotate the pairs (x[i], x[i + E/2]) of heads (..., E); `cos` and `sin` come from `turns`."""
    return x * cos + x.roll(x.shape[-1] // 2, dims=-1) * sin
