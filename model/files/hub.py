"""Checkpoints on the Hugging Face hub, and what is left of a download that was interrupted."""

import re
from pathlib import Path

from handeye.model.architecture.config import ModelConfig
from handeye.model.errors import UnknownModel
from handeye.model.files.adapter import CONFIG, WEIGHTS, holds_adapter
from handeye.model.files.fields import read_object

_FIRST = ["config.json", CONFIG]
"""What says whether a checkpoint can be loaded; the weights are fetched after that."""
_FILES = ["*.safetensors", "*.safetensors.index.json", "*.json", "tiktoken.model"]
_OTHER_FILES = ["*.jinja", "tokenizer.model", "*.tiktoken", "merges.txt", "vocab.txt"]
_SUBFOLDERS = ["*/*"]


def download(name: str, revision: str | None = None, *, any_architecture: bool = False) -> Path:
    """Return the folder of a model on the hub; its files are fetched once, and then found without a network.

    Its config.json is fetched first: gigabytes of a model that cannot be loaded are not. With `any_architecture` it is
    for transformers, which needs other files of tokenizers and templates too.

    Raises:
        UnknownModel: the hub does not have it, or cannot be reached.
        InvalidCheckpoint: it is of another architecture, or a model and an adapter in one.
    """
    folder = _fetch(name, revision, _FIRST)
    if holds_adapter(folder, name):
        return _fetch(name, _commit(folder) or revision, [CONFIG, WEIGHTS])
    path = folder / "config.json"
    if not path.is_file():
        advice = unfinished(folder) or f"run hf download {name}"
        raise UnknownModel(
            f"{name} has no config.json at its top: {advice}; if the checkpoint is in a subfolder, give its path"
        )
    if "model_type" in read_object(path) and not any_architecture:
        ModelConfig.from_file(path)
    patterns = [*_FILES, *_OTHER_FILES] if any_architecture else _FILES
    return _fetch(name, _commit(folder) or revision, patterns)


def download_adapter(name: str, revision: str | None = None) -> Path:
    """Return the folder of an adapter on the hub, which may hold a model too.

    Raises:
        UnknownModel: the hub does not have it, or cannot be reached.
    """
    return _fetch(name, revision, [CONFIG, WEIGHTS])


def _commit(folder: Path) -> str | None:
    """Return the commit that a folder of the cache holds: the rest is fetched from it, even if the branch has moved."""
    return folder.name if re.fullmatch("[0-9a-f]{40}", folder.name) else None


def unfinished(folder: Path) -> str | None:
    """Return what to do about a file that is missing in a folder of the hub's cache; None for any other folder."""
    repository = folder.parent.parent
    if folder.parent.name != "snapshots" or not repository.name.startswith("models--"):
        return None
    name = repository.name.removeprefix("models--").replace("--", "/")
    again = f"run hf download {name} while online"
    if any((repository / "blobs").glob("*.incomplete")):
        return f"the download was not finished: {again}"
    return f"the download was not finished, or {name} does not have it: {again}"


def _fetch(name: str, revision: str | None, patterns: list[str]) -> Path:
    import huggingface_hub
    from huggingface_hub import errors

    try:
        return Path(
            huggingface_hub.snapshot_download(
                name, revision=revision, allow_patterns=patterns, ignore_patterns=_SUBFOLDERS
            )
        )
    except errors.GatedRepoError:
        raise UnknownModel(
            f"{name} requires you to accept its terms on the Hugging Face hub: accept them, then run hf auth login"
        ) from None
    except errors.RevisionNotFoundError:
        raise UnknownModel(f"{name} has no revision {revision} on the Hugging Face hub: check its name") from None
    except (errors.RepositoryNotFoundError, errors.HFValidationError):
        raise UnknownModel(f"{name} is not a folder or a model on the Hugging Face hub: check its name") from None
    except errors.LocalEntryNotFoundError:
        what = name if revision is None else f"revision {revision} of {name}"
        raise UnknownModel(
            f"{what} is not a folder, was not downloaded before, and the Hugging Face hub cannot be reached: "
            "go online, or give a folder"
        ) from None
    except (OSError, errors.HTTPError) as error:  # type: ignore[attr-defined]  # the error of the HTTP client, whichever it uses
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnknownModel(f"{name} could not be downloaded from the Hugging Face hub: {reason}") from error
