"""Finds the folder with the files of a model by its name."""

from pathlib import Path

from handeye.model.catalog import RELEASED, SHIPPED
from handeye.model.errors import UnknownModel

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
"""The folder of the checkpoints that ship with the package."""

_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json"]


def locate(name: str | Path) -> Path:
    """Return the folder of a checkpoint: a path, the name of a shipped checkpoint, or an id on the Hugging Face hub.

    Files from the hub are downloaded once, and then found without a network.

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
        raise UnknownModel(f"{text} is not a folder or a known model: give a checkpoint folder, or one of {known}")
    return _download(text)


def _download(name: str) -> Path:
    import huggingface_hub
    from huggingface_hub import errors

    try:
        return Path(huggingface_hub.snapshot_download(name, allow_patterns=_FILES))
    except errors.GatedRepoError:
        raise UnknownModel(
            f"{name} requires you to accept its terms on the Hugging Face hub: accept them, then run hf auth login"
        ) from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        raise UnknownModel(f"{name} is not a folder or a model on the Hugging Face hub: check its name") from None
    except errors.LocalEntryNotFoundError:
        raise UnknownModel(
            f"{name} is not a folder, was not downloaded before, and the Hugging Face hub cannot be reached: "
            "go online, or give a folder"
        ) from None
    except (OSError, errors.HTTPError) as error:  # type: ignore[attr-defined]  # the error of the HTTP client, whichever it uses
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnknownModel(f"{name} could not be downloaded from the Hugging Face hub: {reason}") from error
