"""The activation functions that a config.json can name, computed as the reference does."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

Activation = Callable[[Tensor], Tensor]


def _tanh_gelu(x: Tensor) -> Tensor:
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x.pow(3))))


def _quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


def _squared_relu(x: Tensor) -> Tensor:
    return F.relu(x).square()


_KNOWN: Mapping[str, Any] = MappingProxyType(
    {
        "silu": F.silu,
        "swish": F.silu,
        "gelu": F.gelu,
        "gelu_python": F.gelu,
        "gelu_new": _tanh_gelu,
        "gelu_fast": _tanh_gelu,
        "gelu_accurate": _tanh_gelu,
        "gelu_pytorch_tanh": _tanh_gelu,
        "gelu_python_tanh": _tanh_gelu,
        "quick_gelu": _quick_gelu,
        "relu": F.relu,
        "relu2": _squared_relu,
        "relu6": F.relu6,
        "leaky_relu": F.leaky_relu,
        "mish": F.mish,
        "hardswish": F.hardswish,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
    }
)
NAMES = tuple(_KNOWN)
"""The activations that can be computed. Those with weights of their own cannot: no layout of files has a place."""


def activation(name: str) -> Activation:
    """Return the function of that name, one of `NAMES`."""
    found: Activation = _KNOWN[name]
    return found
