"""Where the files of a dataset are: in a folder of the user's, or on the Hugging Face hub."""

from collections.abc import Sequence
from pathlib import Path

from handeye.evals.samples.dataset import InvalidDataset


def folder_of(data: str, *, files: Sequence[str] | None = None) -> Path:
    """Return the folder that `data` names: a folder, else a dataset of the hub as owner/name, which is downloaded.

    `files` are patterns of what is needed of a dataset of the hub, such as "*.json"; None for all of it.
    Raises `InvalidDataset`.
    """
    folder = Path(data).expanduser()
    if folder.is_dir():
        return folder
    if data.count("/") != 1 or data.startswith((".", "/", "~")):
        raise InvalidDataset(f"there is no folder {data}: give one, or a dataset of the hub as owner/name")
    from huggingface_hub import snapshot_download  # imports much
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(data, repo_type="dataset", allow_patterns=None if files is None else list(files)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidDataset(f"cannot download the dataset {data}: {reason}. Give its folder instead") from error
