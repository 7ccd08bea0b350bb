"""Where files that are made from a dataset are kept, such as images that were packed in it."""

from pathlib import Path

from handeye.evals.samples.dataset import InvalidDataset


def assets_folder(kind: str, digest: str) -> Path:
    """Return an existing folder for what is made from the dataset with a digest, the same in every run.

    It is in the Hugging Face cache, whose place `HF_ASSETS_CACHE` sets. Raises `InvalidDataset` if it cannot be made.
    """
    from huggingface_hub import cached_assets_path  # imports much

    try:
        return cached_assets_path("handeye", namespace=kind, subfolder=digest)
    except (OSError, ValueError) as error:
        raise InvalidDataset(f"cannot make a folder for {kind}: {error}. HF_ASSETS_CACHE sets another") from error
