"""Adapters that stay beside the weights, so that they can be weighed anew at any time."""

from collections.abc import Sequence

from torch import Tensor, nn

from handeye.model.adapters.read import LowRank
from handeye.model.architecture.placement import Place


class Kept:
    """The weights of the adapters of a network, in the order in which they were given; all its layers share them."""

    def __init__(self, weights: Sequence[float]) -> None:
        self.weights = list(weights)


class Adapted(nn.Module):
    """A layer and the changes of it by adapters."""

    def __init__(self, layer: nn.Module, kept: Kept) -> None:
        super().__init__()
        self.layer = layer
        self._kept = kept
        self._changes: list[tuple[int, Tensor, Tensor, slice]] = []

    def add(self, adapter: int, change: LowRank, place: Place, rows: slice | None = None) -> None:
        """Add the change by an adapter, whose index in `Kept.weights` is `adapter`, where the layer is.

        rows: the outputs that it changes; None changes all.
        """
        up = (change.up.float() * change.scale).to(*place)
        self._changes.append((adapter, change.down.to(*place), up, rows or slice(None)))

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        y: Tensor = self.layer(x)
        for adapter, down, up, rows in self._changes:
            weight = self._kept.weights[adapter]
            if weight != 0:
                y[..., rows] += nn.functional.linear(nn.functional.linear(x, down), up * weight)
        return y
