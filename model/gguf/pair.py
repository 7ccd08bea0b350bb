"""Which files make up a checkpoint: those of the language model, and that of the vision part. Nothing imports torch."""

import re
from pathlib import Path
from typing import NamedTuple

from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.container import read_head

_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf", re.IGNORECASE)
_MOST_PARTS = 1000
_VISION = "the vision part of its model, a file like mmproj-F16.gguf"


class Pair(NamedTuple):
    """The files of a checkpoint."""

    language: tuple[Path, ...]
    """One, or the parts of a large one in their order: the first has the metadata."""
    vision: Path


def find_pair(path: Path) -> Pair | None:
    """Return the files that a path stands for: a folder with one language model, or the file of one; None if neither.

    The vision part lies beside the language model. A folder with safetensors files is a checkpoint of those.

    Raises:
        InvalidCheckpoint: one of the two is missing, or there are several; a file is none of the two, or damaged.
    """
    if path.suffix.lower() == ".gguf" and path.is_file():
        return Pair(_whole(_require_language(path)), _vision(path.parent, path))
    if not path.is_dir() or any(path.glob("*.safetensors")):
        return None
    files = _files(path)
    if not files:
        return None
    models = [file for file in files if _kind(file) == "language"]
    if not models:
        raise InvalidCheckpoint(
            f"{path} holds no language model of Qwen2.5-VL, only {_named(files)}: put the GGUF file of the model there"
        )
    if len(models) > 1:
        raise InvalidCheckpoint(f"{path} holds {len(models)} language models: give one of {_named(models)} as a file")
    return Pair(_whole(models[0]), _vision(path, models[0]))


def _files(folder: Path) -> list[Path]:
    """Return the GGUF files of a folder; of one in parts only one."""
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() == ".gguf" and file.is_file():
            part = _PART.fullmatch(file.name)
            found.setdefault(file.name if part is None else f"{part[1]}-{part[3]}", file)
    return [*found.values()]


def _vision(folder: Path, model: Path) -> Path:
    found = [file for file in _files(folder) if file != model and _kind(file) == "vision"]
    if not found:
        raise InvalidCheckpoint(f"{model} needs {_VISION}, beside it: there is none in {folder}; download it too")
    if len(found) > 1:
        raise InvalidCheckpoint(f"{folder} holds {len(found)} vision parts, {_named(found)}: leave only one there")
    return found[0]


def _require_language(path: Path) -> Path:
    match _kind(path):
        case "vision":
            raise InvalidCheckpoint(f"{path} is only the vision part of a model: give the file of the language model")
        case "adapter":
            raise InvalidCheckpoint(f"{path} is a LoRA adapter: merge it into its model before it is converted")
        case "ollama":
            raise InvalidCheckpoint(
                f"{path} was made by Ollama, whose files have other tensors: give files of llama.cpp's converter"
            )
        case "language":
            return path
        case other:
            raise InvalidCheckpoint(f"{path} is a model of architecture {other!r}, and only Qwen2.5-VL can be loaded")


def _kind(path: Path) -> str:
    """Return "language", "vision", "adapter" or "ollama", or the name of another architecture."""
    head = read_head(_whole(path)[0])
    architecture = str(head.get("general.architecture", "unknown"))
    if head.get("general.type") == "adapter":
        return "adapter"
    return {"qwen2vl": "language", "clip": "vision", "qwen25vl": "ollama"}.get(architecture, architecture)


def _whole(path: Path) -> tuple[Path, ...]:
    """Return all parts of the file that one of them names."""
    part = _PART.fullmatch(path.name)
    if part is None:
        return (path,)
    count = int(part[3])
    if not 0 < count <= _MOST_PARTS:
        raise InvalidCheckpoint(f"{path} is called one of {count:,} parts: give it the name that it was published with")
    files = tuple(path.with_name(f"{part[1]}-{number:05}-of-{part[3]}.gguf") for number in range(1, count + 1))
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise InvalidCheckpoint(f"{path} is one of {count:,} parts, and not all are there: download {_named(missing)}")
    return files


def _named(files: list[Path]) -> str:
    names = [file.name for file in files]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
