"""The devices that a network may be spread over, as users name them."""

import re
from dataclasses import dataclass

import torch

from handeye.model.errors import InvalidPlacement
from handeye.model.hardware.device import choose_device

_COUNTED = re.compile(r"(?P<device>[^=]*)=(?P<layers>\d{1,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Devices:
    """One device, or several in the order of the decoder's layers."""

    all: tuple[torch.device, ...]
    layers: tuple[int, ...] = ()
    """How many decoder layers each of several holds; empty: as many as its free memory takes."""
    if_needed: bool = False
    """Whether the first holds everything if it has the memory."""

    @property
    def first(self) -> torch.device:
        """The device of the vision part and the embeddings."""
        return self.all[0]

    @property
    def main(self) -> torch.device:
        """The device that decides the number format: the first GPU, if there is one."""
        return next((device for device in self.all if device.type != "cpu"), self.first)

    @property
    def have(self) -> str:
        """Their names and a verb, for messages: "cuda:0 and cuda:1 have"."""
        return have(self.all)


def choose_devices(name: str) -> Devices:
    """Return the devices for "auto", a device, or a list of devices.

    "cuda:0,cuda:1,cpu" fills them by their free memory, the CPU with what the others have no room for;
    "cuda:0=30,cuda:1=34" says how many decoder layers each holds. "auto" is a GPU, and all GPUs for what is too large
    for one.

    Raises:
        UnknownDevice: this machine has no such device.
        InvalidPlacement: the list names a device twice, or gives numbers of layers that cannot be read.
    """
    if name == "auto" and torch.cuda.is_available() and torch.cuda.device_count() > 1:
        return Devices(tuple(torch.device("cuda", index) for index in range(torch.cuda.device_count())), if_needed=True)
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 1 and "=" not in name:
        return Devices((choose_device(name),))
    counted = [_COUNTED.fullmatch(part) for part in parts]
    names = [part if found is None else found["device"] for part, found in zip(parts, counted, strict=True)]
    if any("=" in part for part in names) or (any(counted) and not all(counted)):
        raise InvalidPlacement(
            f"{name!r} does not tell how many layers each device holds: give each a number, such as "
            "cuda:0=30,cuda:1=34, or none"
        )
    if "auto" in names:
        raise InvalidPlacement(f"{name!r} lists auto with other devices: leave out auto, or the others")
    devices = [_numbered(choose_device(part)) for part in names]
    for device, part in zip(devices, names, strict=True):
        if devices.count(device) > 1:
            raise InvalidPlacement(f"{name!r} lists {part} twice: list each device once")
    layers = tuple(int(found["layers"]) for found in counted if found is not None)
    if not layers and any(device.type == "cpu" for device in devices[:-1]):
        raise InvalidPlacement(f"{name!r} does not list cpu last: it takes what the others have no room for")
    return Devices(tuple(devices), layers)


def have(devices: tuple[torch.device, ...]) -> str:
    """Return the names of devices and a verb: "cpu has", "cuda:0 and cuda:1 have"."""
    *others, last = map(str, devices)
    return f"{', '.join(others)} and {last} have" if others else f"{last} has"


def _numbered(device: torch.device) -> torch.device:
    """Return a GPU by its number: "cuda" alone is the one that PyTorch has set."""
    if device.type != "cuda" or device.index is not None:
        return device
    return torch.device("cuda", torch.cuda.current_device())
