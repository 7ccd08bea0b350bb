"""The layers that the vision transformer and the decoder share."""

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from handeye.model.activations import activation

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


class GatedMLP(nn.Module):
    """Gated feed-forward layer."""

    FUSED = ("gate_proj", "up_proj")
    """The layers that are computed as one."""

    def __init__(self, size: int, inner: int, act: str, *, bias: bool) -> None:
        super().__init__()
        self.gate_proj = Linear(size, inner, bias=bias)
        self.up_proj = Linear(size, inner, bias=bias)
        self.down_proj = Linear(inner, size, bias=bias)
        self.act = activation(act)
        self._fused: Fused | None = None

    def fuse(self) -> None:
        """Read the input once instead of twice; see `Fused`."""
        self._fused = Fused.of(self.gate_proj, self.up_proj)

    @property
    def fused(self) -> "Fused | None":
        """The fused projections; None if there are none, or a projection has changed since."""
        if self._fused is not None and not self._fused.holds((self.gate_proj, self.up_proj)):
            self._fused = None
        return self._fused

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., size) to (..., size)."""
        fused = self.fused
        gate, up = (self.gate_proj(x), self.up_proj(x)) if fused is None else fused(x).chunk(2, dim=-1)
        y: Tensor = self.down_proj(self.act(gate) * up)
        return y


class Fused:
    """Linear layers that read the same input, computed as one.

    Their weights are concatenated into one tensor, unless they lie in one already, and become views of it: names and
    values stay the same, and nothing is stored twice. For inference only. Whoever uses it asks `holds` first: a layer
    that was replaced, or has got other weights or a hook, is not in it.
    """

    @classmethod
    def of(cls, *layers: nn.Module) -> "Fused | None":
        """Fuse the layers; None if one has no weight of its own, such as one with packed weights: they stay apart."""
        plain = [layer for layer in layers if isinstance(layer, nn.Linear)]
        return cls(plain) if len(plain) == len(layers) else None

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        weights: list[Tensor] = [layer.weight for layer in layers]
        self.weight = _joined(weights)
        biases: list[Tensor] = [layer.bias for layer in layers if layer.bias is not None]
        self.bias = _joined(biases) if biases else None
        sizes = [layer.out_features for layer in layers]
        for layer, part in zip(layers, self.weight.split_with_sizes(sizes), strict=True):
            layer.weight = nn.Parameter(part, requires_grad=False)
        if self.bias is not None:
            for layer, part in zip(layers, self.bias.split_with_sizes(sizes), strict=True):
                layer.bias = nn.Parameter(part, requires_grad=False)
        self._places = [_places(layer) for layer in layers]

    def __call__(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., sum of the outs)."""
        return linear(x, self.weight, self.bias)

    def holds(self, layers: Sequence[nn.Module]) -> bool:
        """Tell whether these layers are still the ones that were fused."""
        return all(
            is_plain(layer, nn.Linear, Linear) and _places(layer) == places
            for layer, places in zip(layers, self._places, strict=True)
        )


def _joined(parts: Sequence[Tensor]) -> Tensor:
    """Return tensors one behind the other; without a copy, if they are parts of one tensor that lie so."""
    whole, start = parts[0].untyped_storage()._cdata, parts[0].storage_offset()
    for part in parts:
        if part.untyped_storage()._cdata != whole or part.storage_offset() != start or not part.is_contiguous():
            return torch.cat([*parts])
        start += part.numel()
    return parts[0].as_strided((sum(map(len, parts)), *parts[0].shape[1:]), parts[0].stride())


def is_plain(module: nn.Module, *kinds: type[nn.Module]) -> bool:
    """Tell whether a module is of one of the kinds itself, without hooks and without a `forward` of its own."""
    return (
        type(module) in kinds
        and not module._forward_hooks
        and not module._forward_pre_hooks
        and "forward" not in module.__dict__
    )


def _places(layer: nn.Module) -> tuple[tuple[int, torch.Size] | None, ...]:
    """Return where in memory the weight and the bias are."""
    tensors = (layer.weight, layer.bias)
    return tuple((tensor.data_ptr(), tensor.shape) if isinstance(tensor, Tensor) else None for tensor in tensors)
