"""Putting packed layers into a network, where the files hold packed weights."""

from collections.abc import Mapping

import torch
from torch import nn

from handeye.model.architecture.joined import put, released_layers
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
    for name, where in released_layers(network).items():
        if not isinstance(where.layer, nn.Linear):
            continue
        bias = where.layer.bias is not None
        shape = nn.Linear(where.layer.in_features, where.outputs, bias=bias, device="meta")
        packed = scheme.layer(shape, Found(name, parts.get(name, {})))
        if packed is not None:
            put(network, name, where, packed)


def packed_layers(network: nn.Module) -> Mapping[str, PackedLinear]:
    """Return the packed layers of a network by their released name."""
    found = {name: where.layer for name, where in released_layers(network).items()}
    return {name: layer for name, layer in found.items() if isinstance(layer, PackedLinear)}


def packed_tensors(network: nn.Module) -> Mapping[str, torch.dtype]:
    """Return the number format of each tensor that stays as it is stored, by name: all of packed layers but biases."""
    return {
        f"{name}.{part}": tensor.dtype
        for name, layer in packed_layers(network).items()
        for part, tensor in layer.named_parameters()
        if part != "bias"
    }
