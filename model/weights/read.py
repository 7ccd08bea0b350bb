"""Strict loading of safetensors files, whole or in shards, in both layouts of names."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import read_object
from handeye.model.files.hub import unfinished
from handeye.model.network import Qwen2_5_VL
from handeye.model.weights.mismatch import Mismatch, Shape
from handeye.model.weights.names import released_name

_FLOATS = ("BF16", "F16", "F32", "F64")
_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"
_OTHER_FORMATS = ("*.bin", "*.gguf", "*.pt", "*.pth", "*.npz")


class Stored(NamedTuple):
    """Where a tensor is stored."""

    file: Path
    name: str
    """The name in the file."""
    shape: Shape


def load_weights(
    network: Qwen2_5_VL,
    folder: Path,
    stored: Mapping[str, Stored],
    device: torch.device,
    dtype: torch.dtype,
    compute: torch.dtype,
) -> None:
    """Load the weights of a network that was built on the meta device; each is read once, directly to its device.

    Large matrices are stored as `dtype`, everything else as `compute`, the format of activations.

    Raises:
        InvalidCheckpoint: a tensor is missing, unexpected or of the wrong shape; the message names all of them.
    """
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    if mismatch := Mismatch.between(wanted, {name: tensor.shape for name, tensor in stored.items()}):
        beside = " (model.safetensors was read, not the shards beside it)" if _has_both(folder) else ""
        raise InvalidCheckpoint(f"the weights in {folder} do not match its config.json{beside}: {mismatch}")
    state: dict[str, torch.Tensor] = {}
    wide = network.wide()
    for file in sorted({tensor.file for tensor in stored.values()}):
        with safe_open(file, framework="pt", device=str(device)) as shard:
            for name, tensor in stored.items():
                if tensor.file == file:
                    state[name] = shard.get_tensor(tensor.name).to(compute if name in wide else dtype)
    network.load_state_dict(state, assign=True)


def find_tensors(folder: Path) -> dict[str, Stored]:
    """Read the headers of a checkpoint's files; return the tensors by their released name.

    Raises:
        InvalidCheckpoint: there are no files, one is damaged, a tensor does not have a plain float type, or is stored
            twice.
    """
    stored: dict[str, Stored] = {}
    for file in _files(folder):
        try:
            with safe_open(file, framework="pt") as shard:
                for name in shard.keys():  # noqa: SIM118 (the shard is not iterable)
                    header = shard.get_slice(name)
                    if header.get_dtype() not in _FLOATS:
                        raise InvalidCheckpoint(
                            f"{name} in {file} is stored as {header.get_dtype()}: quantized checkpoints cannot be "
                            "loaded, use the original checkpoint"
                        )
                    known = stored.setdefault(released_name(name), Stored(file, name, tuple(header.get_shape())))
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
        return "it is a LoRA adapter; merge it into its model (peft: merge_and_unload)"
    return unfinished(folder) or "other weight formats are not supported"
