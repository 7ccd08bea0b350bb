"""Strict loading of safetensors files, whole or in shards, in both layouts of names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.placement import Placement
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import read_object
from handeye.model.files.hub import unfinished
from handeye.model.quantised.at_load import MadeLinear
from handeye.model.quantised.header import short
from handeye.model.quantised.pack import packed_layers, packed_tensors
from handeye.model.weights.mismatch import Mismatch, Shape
from handeye.model.weights.names import released_name
from handeye.model.weights.shard import Shard
from handeye.model.weights.together import Together

_FORMATS = MappingProxyType(
    {
        "BF16": torch.bfloat16,
        "F16": torch.float16,
        "F32": torch.float32,
        "F64": torch.float64,
        "F8_E4M3": torch.float8_e4m3fn,
        "I8": torch.int8,
        "U8": torch.uint8,
        "I32": torch.int32,
        "I64": torch.int64,
    }
)
_PLAIN = (torch.bfloat16, torch.float16, torch.float32, torch.float64)
_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_OTHER_FORMATS = ("*.bin", "*.pt", "*.pth", "*.npz")


class Stored(NamedTuple):
    """Where a tensor is stored."""

    file: Path
    name: str
    """The name in the file."""
    shape: Shape
    dtype: torch.dtype


def load_weights(
    network: Qwen2_5_VL,
    folder: Path,
    stored: Mapping[str, Stored],
    placement: Placement,
    dtype: torch.dtype,
) -> None:
    """Load the weights of a network that was built on the meta device; each is read once, to where it is computed.

    Packed weights stay as they are in the file. Other large matrices are stored as `dtype`, everything else in the
    format of activations. On a CPU, what is stored as it is needed is a part of the mapped file.

    Raises:
        InvalidCheckpoint: a tensor is missing, unexpected, of the wrong shape or in the wrong number format, or its
            values cannot be used; the message names it.
    """
    layers = packed_layers(network)
    made = {f"{name}.weight": layer for name, layer in layers.items() if isinstance(layer, MadeLinear)}
    scales = {f"{name}_scale" for name in made}  # in no file
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items() if name not in scales}
    if mismatch := Mismatch.between(wanted, {name: tensor.shape for name, tensor in stored.items()}):
        beside = " (model.safetensors was read, not the shards beside it)" if _has_both(folder) else ""
        raise InvalidCheckpoint(f"the weights in {folder} do not match its config.json{beside}: {mismatch}")
    packed = packed_tensors(network)
    for name, tensor in stored.items():
        _require_format(name, tensor, None if name in made else packed.get(name))
    state: dict[str, torch.Tensor] = {}
    wide, together = network.wide(), Together(network)
    for file in sorted({tensor.file for tensor in stored.values()}):
        with Shard(file) as shard:
            for name, tensor in stored.items():
                if tensor.file != file:
                    continue
                place = placement.of(name)
                number = tensor.dtype if name in packed else place.compute if name in wide else dtype
                if name in made:
                    with shard.opened(place.device, copied=True) as held:
                        parts = made[name].quantise(held.get_slice(tensor.name), place.device)
                    state |= {f"{name.removesuffix('weight')}{part}": each for part, each in parts.items()}
                elif name in together:
                    state[name] = together.part(name, place.device, number)
                    with shard.opened(place.device, copied=True) as held:
                        state[name].copy_(held.get_tensor(tensor.name))
                else:
                    with shard.opened(place.device, copied=tensor.dtype is not number) as held:
                        state[name] = held.get_tensor(tensor.name).to(number)
    network.load_state_dict(state, assign=True)
    for name, layer in layers.items():
        layer.check(name)


def _require_format(name: str, tensor: Stored, wanted: torch.dtype | None) -> None:
    """Raise `InvalidCheckpoint` if a tensor is not stored as the network needs it; None: as any float."""
    if tensor.dtype in ((wanted,) if wanted is not None else _PLAIN):
        return
    raise InvalidCheckpoint(
        f"{name} in {tensor.file} is stored as {short(tensor.dtype)}, which its config.json does not tell how to read: "
        "download the checkpoint again, with its config.json, or use the original one"
    )


def find_tensors(folder: Path) -> dict[str, Stored]:
    """Read the headers of a checkpoint's files; return the tensors by their released name.

    Raises:
        InvalidCheckpoint: there are no files, one is damaged, a tensor has an unknown number format, or is stored
            twice.
    """
    stored: dict[str, Stored] = {}
    for file in _files(folder):
        try:
            with safe_open(file, framework="pt") as shard:
                for name in shard.keys():  # noqa: SIM118 (the shard is not iterable)
                    header = shard.get_slice(name)
                    if header.get_dtype() not in _FORMATS:
                        raise InvalidCheckpoint(
                            f"{name} in {file} is stored as {header.get_dtype()}, a format that is not supported: use "
                            "the original checkpoint"
                        )
                    found = Stored(file, name, tuple(header.get_shape()), _FORMATS[header.get_dtype()])
                    known = stored.setdefault(released_name(name), found)
                    if (known.file, known.name) != (file, name):
                        raise InvalidCheckpoint(_twice(known, file, name))
        except FileNotFoundError:
            advice = unfinished(folder) or "download the checkpoint again"
            raise InvalidCheckpoint(f"{file} is missing: {advice}") from None
        except (SafetensorError, OSError) as error:
            raise InvalidCheckpoint(f"{file} is damaged or truncated ({error}): download it again") from error
    return stored


def _twice(known: Stored, file: Path, name: str) -> str:
    if known.file == file:
        return f"{file} holds the same tensor under two names, {known.name} and {name}: it was not written correctly"
    return f"{name} is in two files, {known.file} and {file.name}: leave only the files of one checkpoint in the folder"


def _files(folder: Path) -> Sequence[Path]:
    """Return the files that hold the weights: model.safetensors before the shards of an index, as in the reference."""
    shards = _shards(folder / _INDEX)  # checked in any case: a broken one is a damaged folder
    if (folder / _WHOLE).is_file():
        return [folder / _WHOLE]
    if shards:
        return shards
    files = [file for file in sorted(folder.glob("*.safetensors")) if not file.name.startswith("adapter_")]
    if not files:
        raise InvalidCheckpoint(f"{folder} holds no safetensors file: {_instead(folder)}")
    return files


def _shards(index: Path) -> Sequence[Path]:
    """Return the files that an index names; none if there is no index."""
    if not index.is_file():
        return ()
    places = read_object(index).get("weight_map")
    if not isinstance(places, Mapping) or not places:
        raise InvalidCheckpoint(f"{index} is not an index of shards: it has no weight_map")
    names = set(places.values())
    if any(not isinstance(name, str) or not name or Path(name).name != name for name in names):
        raise InvalidCheckpoint(f"{index} names files outside its folder")
    return [index.parent / name for name in sorted(names)]


def _has_both(folder: Path) -> bool:
    return (folder / _WHOLE).is_file() and (folder / _INDEX).is_file()


def _instead(folder: Path) -> str:
    """Say what to do about a folder without weights."""
    others = sorted(file.name for pattern in _OTHER_FORMATS for file in folder.glob(pattern))
    if others:
        return f"the format of {others[0]} is not supported"
    if any(folder.glob("adapter_*.safetensors")):
        return "it is a LoRA adapter; give it as --adapter, and its model as --model"
    return unfinished(folder) or "other weight formats are not supported"
