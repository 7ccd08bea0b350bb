"""How a linear layer multiplies a few rows: by a kernel that unpacks its weight on the way, if there is one."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from handeye.model.architecture.joined import StackedLinear
from handeye.model.kernels.kernels import Kernels
from handeye.model.kernels.repack import KernelLinear

Product = Callable[[Tensor], Tensor]


def product(layer: nn.Module, kernels: Kernels) -> Product:
    """Return what maps rows (R, in) to (R, out) as a linear layer of any kind does."""
    match layer:
        case StackedLinear():
            parts = [product(part, kernels) for part in layer.values()]
            return lambda x: torch.cat([part(x) for part in parts], dim=-1)
        case KernelLinear():
            return lambda x: layer.multiply(x, kernels)
        case _:
            return layer
