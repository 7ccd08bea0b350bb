"""From the name of a model to the folder that holds its files."""

from pathlib import Path

from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.errors import UnknownModel

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
"""Where the checkpoints lie that ship with the package."""

_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json"]


def locate(name: str | Path) -> Path:
    """Return the folder of a checkpoint: a path, the name of a shipped checkpoint, or an id of the Hugging Face hub.

    Files from the hub are downloaded once, and found again without a network.

    Raises:
        UnknownModel: it is none of these, or the hub cannot be reached.
    """
    path = Path(name).expanduser()
    if str(name) and path.is_dir():
        return path
    if path.is_file():
        raise UnknownModel(f"{name} is a file: give the folder of the checkpoint")
    text = str(name)
    if text in SHIPPED:
        return CHECKPOINTS / text
    if isinstance(name, Path) or path.is_absolute() or text.startswith((".", "~")) or text.count("/") != 1:
        known = ", ".join([*SHIPPED, *(model.name for model in RELEASED)])
        raise UnknownModel(f"{text} is no folder and no known model: give a checkpoint's folder, or one of {known}")
    return _download(text)


def _download(name: str) -> Path:
    import huggingface_hub
    from huggingface_hub import errors

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=_FILES))
    except errors.GatedRepoError:
        raise UnknownModel(
            f"{name} asks for consent on the Hugging Face hub: give it there, then hf auth login"
        ) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        raise UnknownModel(f"{name} is no folder here and no model on the Hugging Face hub: check its name") from None
    except errors.LocalEntryNotFoundError:
        raise UnknownModel(
            f"{name} is no folder here, was not downloaded before, and the Hugging Face hub cannot be reached: "
            "go online, or give a folder"
        ) from None
    except (OSError, errors.HTTPError) as error:  # type: ignore[attr-defined]  # the client's own, by any of its names
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnknownModel(f"{name} could not be downloaded from the Hugging Face hub: {reason}") from error
