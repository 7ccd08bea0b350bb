"""Linear layers that read the same input, computed as one; the files keep their names and tensors apart.

A network has `qkv_proj` and `gate_up_proj`; the released files have `q_proj`, `k_proj`, `v_proj`, `gate_proj` and
`up_proj`. The state of a network (`state_dict`, `load_state_dict`) has the released names, and parts of a joined weight
are views of it: nothing is stored twice.
"""

from collections.abc import Mapping, MutableMapping
from functools import partial
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from handeye.model.architecture.layers import Linear


class JoinedLinear(Linear):
    """One layer for several: their results stand one behind the other."""

    def __init__(self, in_features: int, parts: Mapping[str, int], *, bias: bool) -> None:
        """`parts` are the names of the layers and the numbers of their outputs, in order."""
        super().__init__(in_features, sum(parts.values()), bias=bias)
        self.parts = dict(parts)

    def rows(self) -> dict[str, slice]:
        """Return which outputs are those of each part."""
        found, start = {}, 0
        for name, size in self.parts.items():
            found[name] = slice(start, start + size)
            start += size
        return found


class StackedLinear(nn.ModuleDict):
    """The same of layers that are computed one by one, such as packed ones."""

    def __init__(self, layers: Mapping[str, "Layer"]) -> None:
        super().__init__(layers)  # type: ignore[arg-type]  # every layer is a module
        self.in_features = next(iter(layers.values())).in_features
        self.out_features = sum(layer.out_features for layer in layers.values())

    def forward(self, x: Tensor) -> Tensor:
        """Map (..., in) to (..., sum of the outs)."""
        return torch.cat([layer(x) for layer in self.values()], dim=-1)


class Layer(Protocol):
    """A linear layer of any kind."""

    in_features: int
    out_features: int


class Where(NamedTuple):
    """Where a layer of the released files is in a network."""

    name: str
    """Of the module."""
    layer: nn.Module
    rows: slice | None = None
    """Its outputs among those of a joined layer; None if it is all of the module."""

    @property
    def outputs(self) -> int:
        """How many outputs it has, if it is a linear layer."""
        return int(self.layer.out_features) if self.rows is None else self.rows.stop - self.rows.start  # type: ignore[arg-type]


def released_layers(network: nn.Module) -> dict[str, Where]:
    """Return all modules by their released name, with the parts of joined and stacked layers beside these."""
    found: dict[str, Where] = {}
    for name, module in network.named_modules():
        owner, _, last = name.rpartition(".")
        if isinstance(module, JoinedLinear):
            found |= {_beside(name, part): Where(name, module, rows) for part, rows in module.rows().items()}
        elif owner in found and isinstance(found[owner].layer, StackedLinear):
            found[_beside(owner, last)] = Where(name, module)
        else:
            found[name] = Where(name, module)
    return found


def separate(network: nn.Module, name: str) -> StackedLinear:
    """Replace a joined layer by its parts, which become layers of their own with views of its weight."""
    joined = network.get_submodule(name)
    assert isinstance(joined, JoinedLinear)
    layers: dict[str, Linear] = {}
    for part, rows in joined.rows().items():
        with torch.device("meta"):
            layers[part] = Linear(joined.in_features, joined.parts[part], bias=joined.bias is not None)
        for kind, whole in joined.named_parameters():
            setattr(layers[part], kind, nn.Parameter(whole.detach()[rows], requires_grad=whole.requires_grad))
    stacked = StackedLinear(layers)
    network.set_submodule(name, stacked)
    return stacked


def put(network: nn.Module, name: str, where: Where, layer: nn.Module) -> None:
    """Put another layer where one is, by its released name; the joined layer that it is a part of is taken apart.

    `where` may be from before other parts of that were put there.
    """
    if where.rows is None:
        network.set_submodule(where.name, layer)
        return
    stacked = network.get_submodule(where.name)
    if isinstance(stacked, JoinedLinear):
        stacked = separate(network, where.name)
    stacked.set_submodule(name.rpartition(".")[2], layer)


def with_parts(owner: nn.Module, name: str) -> None:
    """Give the state of `owner` the released names of the parts of its layer `name`."""
    owner.register_state_dict_post_hook(partial(_part, name))  # type: ignore[no-untyped-call]
    owner.register_load_state_dict_pre_hook(partial(_join, name))  # type: ignore[no-untyped-call]


def joined(parts: list[Tensor]) -> Tensor:
    """Return tensors one behind the other; without a copy, if they are parts of one tensor that lie so."""
    whole, start = parts[0].untyped_storage()._cdata, parts[0].storage_offset()
    for part in parts:
        if part.untyped_storage()._cdata != whole or part.storage_offset() != start or not part.is_contiguous():
            return torch.cat(parts)
        start += part.numel()
    return parts[0].as_strided((sum(map(len, parts)), *parts[0].shape[1:]), parts[0].stride())


def _part(name: str, owner: nn.Module, state: MutableMapping[str, Any], prefix: str, _metadata: object) -> None:
    """Name the tensors of a layer's parts in the state of its owner, which holds those of all layers before it."""
    layer = owner.get_submodule(name)
    before = f"{prefix}{name}."
    whole: dict[str, Any] = {}
    for key in [key for key in state if key.startswith(prefix)]:  # each is put back, so the order stays
        tensor = state.pop(key)
        if not key.startswith(before):
            state[key] = tensor
        elif isinstance(layer, JoinedLinear):
            whole[key.removeprefix(before)] = tensor
            if len(whole) == len(layer._parameters) - (layer.bias is None):
                for part, rows in layer.rows().items():
                    state.update({f"{prefix}{part}.{kind}": each[rows] for kind, each in whole.items()})
        elif isinstance(layer, StackedLinear):
            state[f"{prefix}{key.removeprefix(before)}"] = tensor
        else:
            state[key] = tensor


def _join(name: str, owner: nn.Module, state: MutableMapping[str, Any], prefix: str, *_others: object) -> None:
    """Name the tensors of a layer itself in a state that is loaded into its owner."""
    layer = owner.get_submodule(name)
    if isinstance(layer, JoinedLinear):
        for kind, _ in layer.named_parameters():
            keys = [f"{prefix}{part}.{kind}" for part in layer.parts]
            if all(key in state for key in keys):
                state[f"{prefix}{name}.{kind}"] = joined([state.pop(key) for key in keys])
    elif isinstance(layer, StackedLinear):
        for part in layer:
            for key in [key for key in state if key.startswith(f"{prefix}{part}.")]:
                state[f"{prefix}{name}.{key.removeprefix(prefix)}"] = state.pop(key)


def _beside(name: str, other: str) -> str:
    """Return the name of another layer of the same module."""
    owner = name.rpartition(".")[0]
    return f"{owner}.{other}" if owner else other
