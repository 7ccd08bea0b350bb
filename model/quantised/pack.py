"""Putting packed layers into a network, where the files hold packed weights."""

from collections.abc import Mapping

import torch
from torch import nn

from handeye.model.quantised.header import Found, Header
from handeye.model.quantised.linear import PackedLinear
from handeye.model.quantised.scheme import Scheme


def pack(network: nn.Module, scheme: Scheme, headers: Mapping[str, Header]) -> None:
    """Replace each linear layer whose tensors are packed by an empty packed layer, on the default device.

    `headers` are those of the files, by the name under which a tensor is assigned.

    Raises:
        InvalidCheckpoint: the tensors cannot be those of their layer.
    """
    parts: dict[str, dict[str, Header]] = {}
    for name, header in headers.items():
        layer, _, part = name.rpartition(".")
        parts.setdefault(layer, {})[part] = header
    linear = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Linear)]
    for name, module in linear:
        packed = scheme.layer(module, Found(name, parts.get(name, {})))
        if packed is not None:
            network.set_submodule(name, packed)


def packed_layers(network: nn.Module) -> Mapping[str, PackedLinear]:
    """Return the packed layers of a network by name."""
    return {name: module for name, module in network.named_modules() if isinstance(module, PackedLinear)}


def packed_tensors(network: nn.Module) -> Mapping[str, torch.dtype]:
    """Return the number format of each tensor that stays as it is stored, by name: all of packed layers but biases."""
    return {
        f"{name}.{part}": tensor.dtype
        for name, layer in packed_layers(network).items()
        for part, tensor in layer.named_parameters()
        if part != "bias"
    }
