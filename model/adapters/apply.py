"""Puts adapters into a network: added to its weights, or kept beside them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from handeye.model.adapters.adapter import Adapter
from handeye.model.adapters.kept import Adapted, Kept
from handeye.model.adapters.read import LowRank
from handeye.model.architecture.joined import JoinedLinear, Where, released_layers
from handeye.model.architecture.layers import Linear
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.errors import InvalidCheckpoint
from handeye.model.hardware.memory import needing
from handeye.model.kernels.padded import pad

_SHOWN = 3


class Changes(NamedTuple):
    """An adapter and what it changes."""

    adapter: Adapter
    layers: Sequence[LowRank]


def make_ready(network: Qwen2_5_VL, adapters: Sequence[Changes]) -> Qwen2_5_VL:
    """Make a network whose weights were assigned ready for use, with adapters: merged, where layers can be changed.

    The rows of the vision part are padded on a GPU.

    Raises:
        InvalidCheckpoint: an adapter does not fit the network.
    """
    network.requires_grad_(requires_grad=False)
    rest = merge(network, adapters)
    pad(network.visual)
    keep(network, rest)
    return network.eval()


def merge(network: Qwen2_5_VL, adapters: Sequence[Changes]) -> list[Changes]:
    """Add adapters to the weights, each times its weight, in fp32, rounded once.

    Return what is left: changes of layers whose weights are quantized, to be kept beside them.

    Raises:
        InvalidCheckpoint: an adapter does not fit the network; then nothing has been changed.
    """
    fitting = [(changes.adapter, _fitting(network, changes)) for changes in adapters]
    rest: list[Changes] = []
    merged: dict[str, list[tuple[LowRank, float]]] = {}
    layers = released_layers(network)
    for adapter, pairs in fitting:
        rest.append(Changes(adapter, [change for change, where in pairs if not _is_plain(where.layer)]))
        for change, where in pairs:
            if _is_plain(where.layer):
                merged.setdefault(change.layer, []).append((change, adapter.weight))
    for name, parts in merged.items():
        weight = layers[name].layer.weight
        assert isinstance(weight, torch.Tensor)
        with torch.no_grad():
            rows = weight[layers[name].rows or slice(None)]
            total = rows.float()
            for change, times in parts:
                total = total + change.to(weight.device).delta(rows.shape) * times
            rows.copy_(total)
    return [changes for changes in rest if changes.layers]


def keep(network: Qwen2_5_VL, adapters: Sequence[Changes]) -> Kept:
    """Wrap the layers that adapters change.

    Raises:
        InvalidCheckpoint: an adapter does not fit the network, or changes a layer that cannot be wrapped.
        OutOfMemory: it does not fit on the device beside the network.
    """
    kept = Kept([changes.adapter.weight for changes in adapters])
    wrapped: dict[str, Adapted] = {}
    for index, changes in enumerate(adapters):
        for change, where in _fitting(network, changes):
            if isinstance(where.layer, nn.Conv3d):
                raise InvalidCheckpoint(
                    f"the adapter {changes.adapter.name} changes {change.layer}, beside which nothing can be kept: "
                    "merge it (merge_adapters=True)"
                )
            adapted = wrapped.setdefault(where.name, Adapted(where.layer, kept))
            with needing(
                f"the adapter {changes.adapter.name} needs more memory than {network.device} has free beside the "
                "model: leave it out, or free memory"
            ):
                adapted.add(index, change, network.place(change.layer), where.rows)
    for name, adapted in wrapped.items():
        parent, _, last = name.rpartition(".")
        setattr(network.get_submodule(parent), last, adapted)
    return kept


def _fitting(network: Qwen2_5_VL, changes: Changes) -> list[tuple[LowRank, Where]]:
    """Return the layers that an adapter changes. Raises `InvalidCheckpoint` if one is missing or of another shape."""
    layers = {name: where for name, where in released_layers(network).items() if _changeable(where.layer)}
    name = changes.adapter.name
    if unknown := [change.layer for change in changes.layers if change.layer not in layers]:
        shown = ", ".join(unknown[:_SHOWN]) + (", ..." if len(unknown) > _SHOWN else "")
        raise InvalidCheckpoint(
            f"the adapter {name} changes layers that the model does not have ({shown}): it belongs to another one"
        )
    for change in changes.layers:
        shape = _shape(layers[change.layer])
        outputs, inputs = change.up.shape[0], [*change.down.shape[1:]]
        if [outputs, *inputs] != shape:
            raise InvalidCheckpoint(
                f"the adapter {name} changes {change.layer} as a layer of {[outputs, *inputs]}, and in the model it is "
                f"one of {shape}: it belongs to another one"
            )
    return [(change, layers[change.layer]) for change in changes.layers]


def _is_plain(layer: nn.Module) -> bool:
    return type(layer) in (nn.Linear, Linear, JoinedLinear, nn.Conv3d)


def _changeable(layer: nn.Module) -> bool:
    return hasattr(layer, "in_features") or isinstance(layer, nn.Conv3d)


def _shape(where: Where) -> list[int]:
    if isinstance(where.layer, nn.Conv3d):
        return [*where.layer.weight.shape]
    return [where.outputs, int(where.layer.in_features)]  # type: ignore[arg-type]  # any linear layer
