"""Finds the folder with the files of a model by its name."""

from pathlib import Path

from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.errors import UnknownModel
from handeye.model.files.adapter import refuse_adapter
from handeye.model.files.hub import download, unfinished

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
"""The folder of the checkpoints that ship with the package."""


def locate(name: str | Path) -> Path:
    """Return the folder of a checkpoint: a path, the name of a shipped checkpoint, or an id on the Hugging Face hub.

    An id can name a revision: `Qwen/Qwen2.5-VL-3B-Instruct@main`. Files from the hub are downloaded once, and then
    found without a network.

    Raises:
        UnknownModel: it is none of these, or the hub cannot be reached.
        InvalidCheckpoint: it is an adapter, or a model on the hub is of another architecture.
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
    if is_file:
        raise UnknownModel(f"{name} is a file: give the folder of the checkpoint")
    if text in SHIPPED:
        return CHECKPOINTS / text
    identity, at, revision = text.partition("@")
    if isinstance(name, Path) or path.is_absolute() or text.startswith((".", "~")) or identity.count("/") != 1:
        known = ", ".join([*SHIPPED, *(model.name for model in RELEASED)]) + _subfolder(identity)
        raise UnknownModel(f"{text} is not a folder or a known model: give a checkpoint folder, or one of {known}")
    if at and not revision:
        raise UnknownModel(f"{text} names no revision: leave out the @, or write {identity}@main")
    return download(identity, revision or None)


def _require_checkpoint(folder: Path) -> None:
    refuse_adapter(folder, str(folder))
    if (folder / "config.json").is_file():
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
