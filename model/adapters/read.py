"""Reads the matrices of an adapter."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from handeye.model.adapters.settings import MERGED, LoraSettings
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.adapter import WEIGHTS
from handeye.model.files.hub import unfinished
from handeye.model.hardware.memory import needing
from handeye.model.weights.names import released_name

_KEY = re.compile(r"(?:base_model\.model\.)?(?P<layer>.+)\.lora_(?P<side>[AB])(?:\.default)?\.weight")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class LowRank:
    """The change of one layer: `scale * up @ down`."""

    layer: str
    """The layer's released name."""
    down: Tensor
    """(rank, in), or the shape of a convolution's weight with `rank` in place of its outputs."""
    up: Tensor
    """(out, rank)."""
    scale: float

    def to(self, device: torch.device) -> "LowRank":
        """Return it on a device."""
        return replace(self, down=self.down.to(device), up=self.up.to(device))

    def delta(self, shape: torch.Size) -> Tensor:
        """Return what is added to a weight of this shape, fp32."""
        return (self.up.float().flatten(1) @ self.down.float().flatten(1)).view(shape) * self.scale


def read_adapter(folder: Path, device: torch.device) -> list[LowRank]:
    """Read an adapter's folder.

    Raises:
        InvalidCheckpoint: it is not plain LoRA, is damaged, or holds other tensors than pairs of matrices.
        OutOfMemory: it does not fit on the device.
    """
    with needing(f"the adapter in {folder} needs more memory than {device} has free: leave it out, or free memory"):
        return _read(folder, device)


def _read(folder: Path, device: torch.device) -> list[LowRank]:
    settings = LoraSettings.read(folder)
    pairs: dict[str, dict[str, Tensor]] = {}
    written: dict[str, str] = {}
    others = []
    try:
        with safe_open(folder / WEIGHTS, framework="pt", device=str(device)) as file:
            for name in file.keys():  # noqa: SIM118 (the file is not iterable)
                if (found := _KEY.fullmatch(name)) is None:
                    others.append(name)
                    continue
                known = pairs.setdefault(released_name(found["layer"]), {})
                if found["side"] in known:
                    raise InvalidCheckpoint(f"{folder / WEIGHTS} holds {name} under two names: download it again")
                known[found["side"]] = file.get_tensor(name)
                written[released_name(found["layer"])] = found["layer"]
    except FileNotFoundError:
        raise InvalidCheckpoint(f"{folder} has no {WEIGHTS}: {_instead(folder)}") from None
    except (SafetensorError, OSError) as error:
        raise InvalidCheckpoint(f"{folder / WEIGHTS} is damaged or truncated ({error}): download it again") from error
    if others:
        shown = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        raise InvalidCheckpoint(f"{folder / WEIGHTS} holds tensors that are not LoRA's ({shown}): {MERGED}")
    if not pairs:
        raise InvalidCheckpoint(f"{folder / WEIGHTS} holds no tensors: it was not written correctly")
    return [_pair(layer, written[layer], sides, settings, folder) for layer, sides in pairs.items()]


def _pair(layer: str, written: str, sides: dict[str, Tensor], settings: LoraSettings, folder: Path) -> LowRank:
    """Check the matrices of a layer, whose name in the file is `written`."""
    down, up = sides.get("A"), sides.get("B")
    if down is None or up is None:
        raise InvalidCheckpoint(f"{folder / WEIGHTS} holds only one of two matrices for {layer}: download it again")
    if not (down.is_floating_point() and up.is_floating_point()):
        raise InvalidCheckpoint(f"{folder / WEIGHTS} holds matrices for {layer} that are not plain numbers: {MERGED}")
    rank = settings.rank_of(written)
    if down.dim() < 2 or up.dim() < 2 or down.shape[0] != rank or up.flatten(1).shape[1] != rank:
        raise InvalidCheckpoint(
            f"{folder / WEIGHTS} holds matrices of {[*down.shape]} and {[*up.shape]} for {layer}, but its settings "
            f"give the rank {rank:g}"
        )
    if not (down.isfinite().all() and up.isfinite().all()):
        raise InvalidCheckpoint(f"{folder / WEIGHTS} holds infinite or missing numbers for {layer}: download it again")
    return LowRank(layer, down, up, settings.scale(written))


def _instead(folder: Path) -> str:
    if any(folder.glob("adapter_model.*")):
        return "other formats are not read, because they can hold programs; save it as safetensors (peft does)"
    return unfinished(folder) or "download it again"
