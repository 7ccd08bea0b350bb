"""Strict loading of safetensors files, whole or in shards, in both layouts of names."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError, safe_open

from handeye.model.errors import InvalidCheckpoint
from handeye.model.network import Qwen2_5_VL
from handeye.model.weights.mismatch import Mismatch, Shape
from handeye.model.weights.names import released_name

_FLOATS = ("BF16", "F16", "F32", "F64")


class Stored(NamedTuple):
    """Where a tensor is stored."""

    file: Path
    name: str
    """The name in the file."""
    shape: Shape


def load_weights(network: Qwen2_5_VL, folder: Path, device: torch.device, dtype: torch.dtype) -> None:
    """Load the weights of a network that was built on the meta device; each is read once, directly to its device.

    Raises:
        InvalidCheckpoint: there are no safetensors files, one of them is damaged, or a tensor is missing, unexpected
            or of the wrong shape; the message names all of them.
    """
    stored = find_tensors(folder)
    if network.config.text.tie_word_embeddings:
        stored.pop("lm_head.weight", None)  # some files repeat the embedding under this name
    wanted = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    if mismatch := Mismatch.between(wanted, {name: tensor.shape for name, tensor in stored.items()}):
        raise InvalidCheckpoint(f"the weights in {folder} do not match its config.json: {mismatch}")
    state: dict[str, torch.Tensor] = {}
    for file in sorted({tensor.file for tensor in stored.values()}):
        with safe_open(file, framework="pt", device=str(device)) as shard:
            for name, tensor in stored.items():
                if tensor.file == file:
                    state[name] = shard.get_tensor(tensor.name).to(dtype)
    network.load_state_dict(state, assign=True)


def find_tensors(folder: Path) -> dict[str, Stored]:
    """Read the headers of a checkpoint's files; return the tensors by their released name.

    Raises:
        InvalidCheckpoint: there are no files, one is damaged, or a tensor does not have a plain float type.
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
                    stored[released_name(name)] = Stored(file, name, tuple(header.get_shape()))
        except FileNotFoundError:
            raise InvalidCheckpoint(f"{file} is missing: download the checkpoint again") from None
        except (SafetensorError, OSError) as error:
            raise InvalidCheckpoint(f"{file} is damaged or truncated ({error}): download it again") from error
    return stored


def _files(folder: Path) -> Sequence[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        try:
            names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidCheckpoint(f"{index} is not an index of shards: {error!r}") from error
        if any(not isinstance(name, str) or Path(name).name != name for name in names):
            raise InvalidCheckpoint(f"{index} names files outside its folder")
        return [folder / name for name in names]
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise InvalidCheckpoint(f"{folder} holds no safetensors file: other weight formats are not supported")
    return files
