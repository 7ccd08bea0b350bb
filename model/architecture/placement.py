"""Where each part of a network is, when it is spread over several devices by its layers."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import torch
from torch import Tensor

_LAYER = "model.layers."
_END = ("model.norm.", "lm_head.")


class Place(NamedTuple):
    """A device, and the number format of activations there."""

    device: torch.device
    compute: torch.dtype

    def bring(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Return what a layer is given, here: hidden states, cos and sin, of any shape."""
        return tuple(tensor.to(*self) for tensor in tensors)


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of each part."""

    first: Place
    """Of the vision part and the embeddings."""
    layers: tuple[Place, ...]
    """Of each decoder layer and what is cached for it."""
    tied: bool
    """Whether the head is the embeddings: then the final norm is with them, and no second copy is made."""

    @property
    def last(self) -> Place:
        """The place of the final norm and the head: that of the last layer, or of the embeddings if they are tied."""
        return self.first if self.tied else self.layers[-1]

    @property
    def devices(self) -> tuple[torch.device, ...]:
        """Each device once, in the order of the layers."""
        return tuple(dict.fromkeys(place.device for place in (self.first, *self.layers)))

    @property
    def is_spread(self) -> bool:
        """Whether there is more than one device."""
        return len(self.devices) > 1

    def of(self, name: str) -> Place:
        """Return the place of a module or a tensor by its released name."""
        if name.startswith(_LAYER):
            return self.layers[int(name.removeprefix(_LAYER).partition(".")[0])]
        return self.last if f"{name}.".startswith(_END) else self.first

    @property
    def moves(self) -> Mapping[int, Place]:
        """The layers before which activations move, and where to; the index after the last stands for the norm."""
        path = [self.first, *self.layers, self.last]
        return {index: place for index, place in enumerate(path[1:]) if place != path[index]}

    def __str__(self) -> str:
        """Return it as `choose_devices` reads it: "cuda:0=30,cuda:1=34", or "cuda:0" for one."""
        if not self.is_spread:
            return str(self.first.device)
        held = [(place.device, len([*group])) for place, group in groupby(self.layers)]
        if held[0][0] != self.first.device:
            held.insert(0, (self.first.device, 0))
        return ",".join(f"{device}={count}" for device, count in held)
