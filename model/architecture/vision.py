"""The vision transformer: window attention, 2-D rotary positions, and a merger from 2x2 patches to one token.

Shapes: N patches, M = N / 4 merged cells, C width, H heads, E = C / H.
Source: Qwen2.5-VL technical report, section 2.1.1.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.architecture.config import VisionConfig
from handeye.model.architecture.flash import flash
from handeye.model.architecture.joined import with_parts
from handeye.model.architecture.layers import Linear, RMSNorm
from handeye.model.architecture.layout import Layout, layout
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.architecture.positions import rotate
from handeye.model.architecture.sdpa import sdpa
from handeye.model.architecture.windows import Grid, Run

EPS = 1e-6
_LONG = 512
"""Patches of a segment from which flash-attn is worth calling; those of a window are 64, for which it is slower."""
_ROWS = 512
"""Patches that are rotated together on a CPU: the numbers between stay in its cache."""


class PatchEmbedding(nn.Module):
    """One linear map per patch; the weight keeps the shape of the released convolution."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        kernel = (config.temporal_patch_size, config.patch_size, config.patch_size)
        self.proj = nn.Conv3d(config.in_channels, config.hidden_size, kernel, stride=kernel, bias=False)

    def forward(self, patches: Tensor) -> Tensor:
        """Embed patches, (N, 3*2*14*14), or those of still images without the repeated frame, (N, 3*14*14)."""
        weight = self.proj.weight  # (C, 3, 2, 14, 14)
        if patches.shape[1] * weight.shape[2] == weight[0].numel():
            weight = weight.sum(dim=2)  # both frames are the same image
        return F.linear(patches.to(weight.dtype), weight.flatten(1), self.proj.bias)


class VisionAttention(nn.Module):
    """Attention within segments: windows or whole frames."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.heads = config.num_heads
        self.qkv: nn.Module = Linear(config.hidden_size, 3 * config.hidden_size)
        self.proj = Linear(config.hidden_size, config.hidden_size)
        with_parts(self, "qkv")  # some files have its parts

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, runs: Sequence[Run]) -> Tensor:
        """Map (N, C) to (N, C); `cos` and `sin` are (N, 1, 1, E) in fp32."""
        qkv = self.qkv(x).view(x.shape[0], 3, self.heads, -1)  # (N, 3, H, E)
        q, k = self._rotate(qkv[:, :2], cos, sin).unbind(1)
        y: Tensor = self.proj(self.attend(q, k, qkv[:, 2], runs))
        return y

    @classmethod
    def attend(cls, q: Tensor, k: Tensor, v: Tensor, runs: Sequence[Run]) -> Tensor:
        """Attend within each segment of runs; takes (N, H, E) three times, `q` and `k` rotated, returns (N, C)."""
        mixed = [cls._attend(q, k, v, run) for run in runs]
        return mixed[0] if len(mixed) == 1 else torch.cat(mixed)

    @staticmethod
    def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """Rotate queries and keys (N, 2, H, E) in fp32."""
        rows = _ROWS if x.device.type == "cpu" else x.shape[0]
        parts = zip(*(torch.split(each, rows) for each in (x, cos, sin)), strict=True)
        rotated = [rotate(part.float(), *turn).to(x.dtype) for part, *turn in parts]
        return rotated[0] if len(rotated) == 1 else torch.cat(rotated)

    @staticmethod
    def _attend(q: Tensor, k: Tensor, v: Tensor, run: Run) -> Tensor:
        """Attend within each segment of a run; takes all of (N, H, E), returns (segments * length, C)."""
        shape = (run.segments, run.length, *q.shape[1:])
        q, k, v = (part[run.start : run.end].view(shape).transpose(1, 2) for part in (q, k, v))
        attend = flash(q) if run.length >= _LONG else None
        mixed = sdpa(q, k, v) if attend is None else attend(q, k, v, causal=False)  # (segments, H, length, E)
        return mixed.transpose(1, 2).reshape(run.segments * run.length, -1)


class VisionBlock(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.norm1 = RMSNorm(config.hidden_size, EPS)
        self.norm2 = RMSNorm(config.hidden_size, EPS)
        self.attn = VisionAttention(config)
        self.mlp = GatedMLP(config.hidden_size, config.intermediate_size, config.hidden_act, bias=True)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, runs: Sequence[Run]) -> Tensor:
        """Map (N, C) to (N, C)."""
        x = x + self.attn(self.norm1(x), cos, sin, runs)
        y: Tensor = x + self.mlp(self.norm2(x))
        return y


class PatchMerger(nn.Module):
    """Merges four neighbouring patches into one token of the decoder's width."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.width = config.hidden_size * config.spatial_merge_size**2
        self.ln_q = RMSNorm(config.hidden_size, EPS)
        self.mlp = nn.Sequential(Linear(self.width, self.width), nn.GELU(), Linear(self.width, config.out_hidden_size))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C) to (M, out)."""
        y: Tensor = self.mlp(self.ln_q(x).view(-1, self.width))
        return y


class VisionTransformer(nn.Module):
    """Patches in, decoder tokens out."""

    def __init__(self, config: VisionConfig) -> None:
        super().__init__()
        self.config = config
        self.patch_embed = PatchEmbedding(config)
        self.blocks = nn.ModuleList([VisionBlock(config) for _ in range(config.depth)])
        self.merger = PatchMerger(config)

    def forward(self, patches: Tensor, grids: Sequence[Grid]) -> Tensor:
        """Encode the patches of images and videos, (N, 3*2*14*14), or of images alone, (N, 3*14*14), to (M, out).

        The cells are in raster order, frame by frame.

        Raises:
            ValueError: the number of patches does not match the grids.
        """
        return self.encode(patches, self.layout(patches, grids))

    def layout(self, patches: Tensor, grids: Sequence[Grid]) -> Layout:
        """Return the layout of patches, on their device.

        Raises:
            ValueError: the number of patches does not match the grids.
        """
        if patches.shape[0] != sum(grid.patches for grid in grids):
            raise ValueError(f"{patches.shape[0]} patches were given for grids {list(grids)}")
        return layout(tuple(grids), self.config, patches.device)

    def runs(self, block: int, where: Layout) -> tuple[Run, ...]:
        """Return the segments within which a block attends."""
        return where.frames if block in self.config.fullatt_block_indexes else where.windows

    def encode(self, patches: Tensor, where: Layout) -> Tensor:
        """Do the same with a layout of the grids. Nothing is sent to the device or asked of it."""
        x = where.by_window(self.patch_embed(patches))
        for index, block in enumerate(self.blocks):
            x = block(x, where.cos, where.sin, self.runs(index, where))
        merged: Tensor = self.merger(x)[where.inverse]
        return merged
