"""Room for the weights of joined layers: their parts are read into it, so that they never exist twice."""

from collections.abc import Mapping

import torch
from torch import Tensor

from handeye.model.architecture.joined import released_layers
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.weights.mismatch import Shape


class Together:
    """Gives each part of a joined layer's tensor its room in one tensor, made when the first part is asked for."""

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
    """Return, for the name of each tensor that is part of a joined one, the names of all its parts in order."""
    parts: dict[str, list[str]] = {}
    for name, where in released_layers(network).items():
        if where.rows is not None:
            for kind, _ in where.layer.named_parameters():
                parts.setdefault(f"{where.name}.{kind}", []).append(f"{name}.{kind}")
    return [(each, tuple(names)) for names in parts.values() for each in names]
