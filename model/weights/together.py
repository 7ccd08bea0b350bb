"""Room for weights that are computed as one: they are read into it, so that they never exist twice."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from handeye.model.layers import GatedMLP
from handeye.model.network import Qwen2_5_VL
from handeye.model.text import Attention
from handeye.model.weights.mismatch import Shape


class Together:
    """Gives each tensor of a fused layer its part of one tensor, which is made when its first part is asked for."""

    def __init__(self, network: Qwen2_5_VL) -> None:
        self._groups = dict(_groups(network))
        self._shapes: Mapping[str, Shape] = {
            name: tuple(tensor.shape) for name, tensor in network.state_dict().items() if name in self._groups
        }
        self._parts: dict[str, Tensor] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._groups

    def part(self, name: str, device: torch.device, dtype: torch.dtype) -> Tensor:
        """Return the part of a tensor by its name, to be filled. Its neighbours are given the same device and dtype."""
        if name not in self._parts:
            names = self._groups[name]
            rows = [self._shapes[each][0] for each in names]
            whole = torch.empty((sum(rows), *self._shapes[name][1:]), device=device, dtype=dtype)
            self._parts |= zip(names, whole.split_with_sizes(rows), strict=True)
        return self._parts.pop(name)


def _groups(network: Qwen2_5_VL) -> list[tuple[str, tuple[str, ...]]]:
    """Return, for the name of each tensor that is part of a fused one, the names of all its parts in order."""
    found = []
    for name, module in network.named_modules():
        if not isinstance(module, Attention | GatedMLP):
            continue
        layers = [module.get_submodule(part) for part in module.FUSED]
        if not all(isinstance(layer, nn.Linear) for layer in layers):
            continue
        for kind in dict(layers[0].named_parameters()):
            names = tuple(f"{name}.{part}.{kind}" for part in module.FUSED)
            found += [(each, names) for each in names]
    return found
