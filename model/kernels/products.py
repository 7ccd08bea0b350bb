"""How a linear layer multiplies a few rows: by a kernel that unpacks its weight on the way, if there is one."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import StackedLinear
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.repack import E4M3Linear, Int4Linear

Product = Callable[[Tensor], Tensor]


def product(layer: nn.Module, kernels: Kernels) -> Product:
    """Return what maps rows (R, in) to (R, out) as a linear layer of any kind does."""
    match layer:
        case StackedLinear():
            parts = [product(part, kernels) for part in layer.values()]
            return lambda x: torch.cat([part(x) for part in parts], dim=-1)
        case E4M3Linear():
            return lambda x: kernels.linear8(x, layer.weight, layer.weight_scale, layer.bias)
        case Int4Linear():
            return lambda x: kernels.linear4(x, layer.int4, layer.bias)
        case _:
            return layer
