"""How many layers each of several devices holds, by the bytes of the layers and the memory that is free."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch

from handeye.model.architecture.config import TextConfig
from handeye.model.architecture.placement import Place, Placement
from handeye.model.catalog import CONTEXT, WORKING_GB
from handeye.model.errors import InvalidPlacement, OutOfMemory
from handeye.model.hardware.device import compute_dtype
from handeye.model.hardware.devices import Devices
from handeye.model.hardware.room import free_memory

_WORKING = int(WORKING_GB * 1e9)
"""Bytes that stay free on each device for activations."""
_STEPS = 10**6
"""The part of their rooms up to which GPUs are filled is a multiple of one in so many."""


class Bytes(NamedTuple):
    """What the parts of a network take on a device."""

    first: int
    """The vision part and the embeddings."""
    layers: tuple[int, ...]
    """Each decoder layer, with its keys and values of `CONTEXT` tokens."""
    last: int
    """The final norm and the head, if it is not the embeddings."""

    @classmethod
    def of(cls, tensors: Mapping[str, int], config: TextConfig, number: torch.dtype) -> "Bytes":
        """Add up the bytes of tensors by their released name; keys and values are counted in `number`."""
        context = min(CONTEXT, config.max_position_embeddings)
        cached = 2 * config.num_key_value_heads * config.head_dim * number.itemsize * context
        layers = [cached] * config.num_hidden_layers
        first = last = 0
        for name, size in tensors.items():
            match name.split("."):
                case ["model", "layers", index, *_]:
                    layers[int(index)] += size
                case ["model", "norm", *_] | ["lm_head", *_]:
                    last += size
                case _:
                    first += size
        return cls(first, tuple(layers), last)

    @property
    def total(self) -> int:
        """All of them."""
        return self.first + sum(self.layers) + self.last


def place(what: str, size: Bytes, devices: Devices, number: torch.dtype, *, tied: bool) -> Placement:
    """Return where each part of a network goes whose weights are stored as `number`. `what` names it in messages.

    Raises:
        InvalidPlacement: the numbers of layers that were given do not add up to those of the network.
        OutOfMemory: the devices together have too little memory free.
    """
    counts = devices.layers or _by_memory(what, size, devices)
    if sum(counts) != len(size.layers):
        raise InvalidPlacement(
            f"the devices are given {sum(counts)} layers, and {what} has {len(size.layers)}: place each layer once"
        )
    places = [Place(device, compute_dtype(number, device)) for device in devices.all]
    layers = [at for at, count in zip(places, counts, strict=True) for _ in range(count)]
    return Placement(places[0], tuple(layers), tied)


def _by_memory(what: str, size: Bytes, devices: Devices) -> Sequence[int]:
    if len(devices.all) == 1:
        return [len(size.layers)]
    free = [free_memory(device) for device in devices.all]
    rooms = [max(0, each - _WORKING) for each in free]
    if devices.if_needed and size.total <= rooms[0]:
        return [len(size.layers), *[0] * (len(rooms) - 1)]
    counts = spread(size, rooms, [device.type != "cpu" for device in devices.all])
    if counts is None:
        need = size.total + _WORKING * len(rooms)
        raise OutOfMemory(
            f"{what} needs {need / 1e9:.1f} GB with {CONTEXT:,} tokens of context, and {devices.have} "
            f"{sum(free) / 1e9:.1f} GB free: list more devices, such as cpu, or use dtype fp8 or a smaller model"
        )
    return counts


def spread(size: Bytes, rooms: Sequence[int], fast: Sequence[bool]) -> Sequence[int] | None:
    """Return how many layers each device takes; None if they do not fit.

    `rooms` are the bytes that each may be filled with. Devices that are `fast` are filled alike, to the smallest part
    of their rooms that is enough; others take what is left.
    """

    def filled(part: int) -> Sequence[int] | None:
        return _filled(size, [room * part // _STEPS * quick for room, quick in zip(rooms, fast, strict=True)])

    part = bisect_left(range(_STEPS), True, key=lambda part: filled(part) is not None)
    return filled(part) or _filled(size, rooms)


def _filled(size: Bytes, rooms: Sequence[int]) -> Sequence[int] | None:
    """Fill one device after the other, in the order of the layers; the head goes with the last layer."""
    parts = [*size.layers[:-1], size.layers[-1] + size.last]
    counts = [0] * len(rooms)
    left = [rooms[0] - size.first, *rooms[1:]]
    if left[0] < 0:
        return None
    at = 0
    for part in parts:
        while part > left[at]:
            at += 1
            if at == len(rooms):
                return None
        left[at] -= part
        counts[at] += 1
    return counts
