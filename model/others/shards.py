"""The files of weights, looked at before transformers opens them."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError, safe_open

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import read_object

_WHOLE, _INDEX = "model.safetensors", "model.safetensors.index.json"


def count_parameters(folder: Path) -> int:
    """Return how many numbers the weights of a folder are.

    Raises `InvalidCheckpoint` if there are no safetensors files, one is damaged, or an index names files elsewhere.
    """
    total = 0
    for file in _files(folder):
        try:
            with safe_open(file, framework="pt") as shard:
                total += sum(math.prod(shard.get_slice(name).get_shape()) for name in shard.keys())  # noqa: SIM118 (the shard is not iterable)
        except FileNotFoundError:
            raise InvalidCheckpoint(f"{file} is missing: download the checkpoint again") from None
        except (SafetensorError, OSError) as error:
            raise InvalidCheckpoint(f"{file} is damaged or truncated ({error}): download it again") from error
    return total


def _files(folder: Path) -> Sequence[Path]:
    if (folder / _WHOLE).is_file():
        return [folder / _WHOLE]
    index = folder / _INDEX
    if not index.is_file():
        raise InvalidCheckpoint(
            f"{folder} has no {_WHOLE} and no {_INDEX}: weights in other formats, which may hold programs, are not read"
        )
    places = read_object(index).get("weight_map")
    if not isinstance(places, Mapping) or not places:
        raise InvalidCheckpoint(f"{index} is not an index of shards: it has no weight_map")
    names = set(places.values())
    if any(not isinstance(name, str) or not name or Path(name).name != name for name in names):
        raise InvalidCheckpoint(f"{index} names files outside its folder")
    return [folder / name for name in sorted(names)]
