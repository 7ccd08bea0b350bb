"""The vision transformer for images of one size, in tensors that never move: what a graph records.

A GPU is done with a small screenshot sooner than a CPU has launched the kernels for it, and an agent's screen keeps its
size. What is recorded is `encode`.

Shapes: N patches, P numbers of a patch, M cells, D width of the decoder.
"""

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import StackedLinear
from handeye.model.architecture.layers import Linear, RMSNorm, is_known
from handeye.model.architecture.mlp import GatedMLP
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.vision import (
    PatchEmbedding,
    PatchMerger,
    VisionAttention,
    VisionBlock,
    VisionTransformer,
)
from handeye.model.architecture.windows import Grid
from handeye.model.engine.steps.encode import encode
from handeye.model.engine.steps.graph import Recorder, Work
from handeye.model.kernels.kernels import Kernels
from handeye.model.quantised.linear import PackedLinear

_KNOWN = (
    VisionTransformer,
    PatchEmbedding,
    VisionBlock,
    VisionAttention,
    GatedMLP,
    PatchMerger,
    RMSNorm,
    StackedLinear,
    nn.Conv3d,
    nn.GELU,
    nn.ModuleList,
    nn.Sequential,
)
_LAYERS = (Linear, PackedLinear)
_MOST_SEEN = 64
"""Sizes that are remembered to have come once."""


class Size(NamedTuple):
    """What is encoded together."""

    grids: tuple[Grid, ...]
    width: int
    """Numbers of a patch: those of an image are half of those of a video."""


class StaticVision:
    """Encodes images as the network's vision transformer does. A size that comes again is recorded."""

    MOST_PATCHES = 16_384
    """Patches that are encoded in one recorded pass, three megapixels; with more, launching kernels takes less time
    than running them, and the memory between them is kept."""
    MOST_SIZES = 4
    """Sizes that are kept recorded."""

    def __init__(self, network: Qwen2_5_VL, kernels: Kernels | None) -> None:
        """kernels: what computes between the products; None for the modules of the network."""
        self._visual = network.visual
        self._kernels = kernels
        self._recorder = Recorder(network.device, "the vision part")
        self._seen: OrderedDict[Size, None] = OrderedDict()
        self._passes: OrderedDict[Size, Pass] = OrderedDict()

    @staticmethod
    def can_run(network: Qwen2_5_VL) -> bool:
        """Tell whether the device records, and the vision part is all of this package and unhooked."""
        return network.device.type == "cuda" and all(
            is_known(module, _KNOWN, _LAYERS) for module in network.visual.modules()
        )

    def __call__(self, pixels: Tensor, grids: Sequence[Grid]) -> Tensor:
        """Encode normalised pixels (N, P) to cells (M, D); see `VisionTransformer.forward`."""
        size = Size(tuple(grids), pixels.shape[1])
        if size in self._passes:
            self._passes.move_to_end(size)
            return self._passes[size].run(pixels)
        if len(pixels) > self.MOST_PATCHES or size not in self._seen:
            self._seen[size] = None
            if len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)
            return encode(self._visual, self._kernels, pixels, self._visual.layout(pixels, grids))
        while len(self._passes) >= self.MOST_SIZES:
            self._passes.popitem(last=False)
        made = Pass(self._visual, self._kernels, self._recorder, size, pixels)
        cells = made.run(pixels)
        self._passes[size] = made
        return cells

    def forget(self) -> None:
        """Hold no memory any more."""
        self._passes.clear()
        self._recorder.renew()


class Pass:
    """The forward pass for one size."""

    def __init__(
        self, visual: VisionTransformer, kernels: Kernels | None, recorder: Recorder, size: Size, pixels: Tensor
    ) -> None:
        self._visual = visual
        self._kernels = kernels
        self._recorder = recorder
        self._layout = visual.layout(pixels, size.grids)  # a recording reads its tensors
        self._pixels = torch.empty_like(pixels)
        self._cells = torch.empty(0)
        self._again: Work | None = None

    def run(self, pixels: Tensor) -> Tensor:
        """Encode pixels (N, P) to cells (M, D)."""
        self._pixels.copy_(pixels)
        if self._again is None:
            self._again = self._recorder.record(self._work)
        else:
            self._again()
        return self._cells.clone()  # the next run writes there

    def _work(self) -> None:
        self._cells = encode(self._visual, self._kernels, self._pixels, self._layout)
