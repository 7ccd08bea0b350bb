"""The layers that the vision transformer and the decoder share."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_BLOCK = 2**22
"""Numbers of a weight that are converted together."""


class Embedding(nn.Embedding):
    """An embedding without initialisation: its weights are loaded, or initialised together with all others.

    Initialising them on the meta device, where a network is built, makes torch import its compiler, which is slow.
    """

    def reset_parameters(self) -> None:
        """Keep the weights unchanged."""

    def project(self, hidden: Tensor) -> Tensor:
        """Map (..., width) to (..., rows): the embeddings are the output matrix too in models that tie them."""
        return linear(hidden, self.weight, None)


class Linear(nn.Linear):
    """A linear layer whose weight may be stored in bfloat16 while the layer computes in float32; see `linear`."""

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out), in the number format of `x`."""
        return linear(x, self.weight, self.bias)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Return `x @ weight.T + bias` in the number format of `x`.

    A weight in a smaller format is converted a block at a time: the block stays in the processor's cache, and the whole
    weight never exists in the larger format. For a single row the input is converted instead: the time is that of
    reading the weight, and half the bytes take half of it.
    """
    if weight.dtype is x.dtype:
        return F.linear(x, weight, bias)
    if x.numel() == x.shape[-1]:
        y = F.linear(x.to(weight.dtype), weight).to(x.dtype)
    else:
        blocks = torch.split(weight, max(1, _BLOCK // weight.shape[1]))
        y = torch.cat([F.linear(x, block.to(x.dtype)) for block in blocks], dim=-1)
    return y if bias is None else y + bias


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
    if x.device.type == "cpu" and x.numel() == x.shape[-1] and not torch.is_grad_enabled():
        return _row_norm(x, weight, eps)
    if x.dtype is torch.float32:  # no intermediate rounding
        return F.rms_norm(x, weight.shape, weight, eps)
    return weight * F.rms_norm(x.float(), weight.shape, eps=eps).to(x.dtype)


def _row_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """Do the same for a single row: a dot product, and a scale that Python computes, take two thirds of the time."""
    row = x.view(-1).float()
    square = float(row.dot(row)) / row.shape[0] + eps
    scale = square**-0.5 if square else math.inf
    return x.mul(scale).mul_(weight) if x.dtype is torch.float32 else weight * x.float().mul_(scale).to(x.dtype)


def is_plain(module: nn.Module, *kinds: type[nn.Module]) -> bool:
    """Tell whether a module is of one of the kinds itself, without hooks and without a `forward` of its own."""
    return type(module) in kinds and unhooked(module)


def is_known(module: nn.Module, exact: tuple[type[nn.Module], ...], kinds: tuple[type[nn.Module], ...]) -> bool:
    """Tell whether a module is of one of the classes itself, or of one of the kinds, and unhooked."""
    return (type(module) in exact or isinstance(module, kinds)) and unhooked(module)


def unhooked(module: nn.Module) -> bool:
    """Tell whether a module has no hooks, and no `forward` of its own."""
    return not module._forward_hooks and not module._forward_pre_hooks and "forward" not in module.__dict__
