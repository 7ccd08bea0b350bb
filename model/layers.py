"""The layers that the vision transformer and the decoder share."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Embedding(nn.Embedding):
    """An embedding without initialisation: its weights are loaded, or initialised together with all others.

    Initialising them on the meta device, where a network is built, makes torch import its compiler, which is slow.
    """

    def reset_parameters(self) -> None:
        """Keep the weights unchanged."""


class RMSNorm(nn.Module):
    """Root mean square norm, rounded where the released model rounds."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        return rms_norm(x, self.weight, self.eps)


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """Divide the last axis by its root mean square, in fp32; round, then scale by `weight`."""
    if x.dtype is torch.float32:  # no intermediate rounding
        return F.rms_norm(x, weight.shape, weight, eps)
    return weight * F.rms_norm(x.float(), weight.shape, eps=eps).to(x.dtype)


class SwiGLU(nn.Module):
    """Gated feed-forward layer."""

    def __init__(self, size: int, inner: int, *, bias: bool) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(size, inner, bias=bias)
        self.up_proj = nn.Linear(size, inner, bias=bias)
        self.down_proj = nn.Linear(inner, size, bias=bias)
        self.fused: Fused | None = None

    def fuse(self) -> None:
        """Read the input once instead of twice; see `Fused`."""
        self.fused = Fused((self.gate_proj, self.up_proj))

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., size) to (..., size)."""
        gate, up = (self.gate_proj(x), self.up_proj(x)) if self.fused is None else self.fused(x).chunk(2, dim=-1)
        y: Tensor = self.down_proj(F.silu(gate) * up)
        return y


class Fused:
    """Linear layers that read the same input, computed as one.

    Their weights are concatenated into one tensor and become views of it: names and values stay the same, and nothing
    is stored twice. For inference only: new weights of a layer, or hooks on it, are ignored.
    """

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        weights: list[Tensor] = [layer.weight for layer in layers]
        self.weight = torch.cat(weights)
        biases: list[Tensor] = [layer.bias for layer in layers if layer.bias is not None]
        self.bias = torch.cat(biases) if biases else None
        sizes = [layer.out_features for layer in layers]
        for layer, part in zip(layers, self.weight.split_with_sizes(sizes), strict=True):
            layer.weight = nn.Parameter(part, requires_grad=False)
        if self.bias is not None:
            for layer, part in zip(layers, self.bias.split_with_sizes(sizes), strict=True):
                layer.bias = nn.Parameter(part, requires_grad=False)

    def __call__(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., sum of the outs)."""
        return F.linear(x, self.weight, self.bias)
