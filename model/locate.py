"""Finds the folder with the files of a model by its name."""

from pathlib import Path

from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.errors import UnknownModel
from handeye.model.files.adapter import holds_adapter
from handeye.model.files.hub import download, unfinished

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
"""The folder of the checkpoints that ship with the package."""


def locate(name: str | Path, *, any_architecture: bool = False) -> Path:
    """Return the folder of a checkpoint: a path, the name of a shipped checkpoint, or an id on the Hugging Face hub.

    The path of a GGUF file stands for itself. An id can name a revision: `Qwen/Qwen2.5-VL-3B-Instruct@main`. Files from
    the hub are downloaded once, and then found without a network. The folder may be that of an adapter, which names its
    model. `any_architecture` also finds models on the hub that handeye's own network is not.

    Raises:
        UnknownModel: it is none of these, or the hub cannot be reached.
        InvalidCheckpoint: it is a model and an adapter in one, or a model on the hub is of another architecture.
    """
    text = str(name)
    try:
        path = Path(name).expanduser()
        is_folder, is_file = bool(text) and path.is_dir(), path.is_file()
    except (OSError, RuntimeError) as error:  # a name that is too long, a folder that may not be read, ~nobody
        raise UnknownModel(f"{text} cannot be looked up ({error}): give a checkpoint folder") from error
    if not text.isprintable():
        raise UnknownModel(f"{text!r} is not the name of a model: it has characters that cannot be printed")
    if is_folder:
        _require_checkpoint(path)
        return path
    if is_file and path.suffix.lower() == ".gguf":
        return path
    if is_file:
        raise UnknownModel(f"{name} is a file: give the folder of the checkpoint, or a GGUF file")
    if text in SHIPPED:
        return CHECKPOINTS / text
    if (found := parse_id(name)) is None:
        known = ", ".join([*SHIPPED, *(model.name for model in RELEASED)]) + _subfolder(text.partition("@")[0])
        raise UnknownModel(f"{text} is not a folder or a known model: give a checkpoint folder, or one of {known}")
    identity, revision = found
    if "gguf" in identity.lower():  # of many sizes and formats, and which one is wanted is not known
        raise UnknownModel(
            f"{identity} holds GGUF files: choose one and its mmproj, run hf download {identity} FILE MMPROJ "
            "--local-dir FOLDER, and give FOLDER"
        )
    return download(identity, revision, any_architecture=any_architecture)


def parse_id(name: str | Path) -> tuple[str, str | None] | None:
    """Return the id on the hub and the revision that a name stands for, None for the newest; None if it is a path.

    Raises:
        UnknownModel: the name of the revision is empty.
    """
    text = str(name)
    identity, at, revision = text.partition("@")
    rooted = text.startswith((".", "~")) or Path(text).is_absolute()
    if isinstance(name, Path) or rooted or identity.count("/") != 1:
        return None
    if at and not revision:
        raise UnknownModel(f"{text} names no revision: leave out the @, or write {identity}@main")
    return identity, revision or None


def _require_checkpoint(folder: Path) -> None:
    if holds_adapter(folder, str(folder)) or (folder / "config.json").is_file() or any(folder.glob("*.gguf")):
        return
    if advice := unfinished(folder):
        raise UnknownModel(f"{folder} has no config.json: {advice}")
    if inner := sorted(str(path.parent) for path in folder.glob("*/config.json")):
        raise UnknownModel(f"{folder} has no config.json, but subfolders of it have: give {' or '.join(inner[:3])}")


def _subfolder(identity: str) -> str:
    """Return advice for an id with a subfolder."""
    parts = identity.split("/")
    if len(parts) < 3 or not all(parts) or identity.startswith((".", "~")):
        return ""
    repository, inner = "/".join(parts[:2]), "/".join(parts[2:])
    return f"; for a subfolder of {repository}, run hf download {repository} and give the path of {inner} in it"
