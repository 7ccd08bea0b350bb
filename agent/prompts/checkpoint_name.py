"""The part of a name or path that says what a checkpoint is."""

import re
from pathlib import Path

_HUB = re.compile(r"^(?:https?://)?(?:hf\.co|huggingface\.co)/")
_CACHED = re.compile(r"models--([^/]+)/snapshots/[^/]+$")
_PATH = re.compile(r"^(?:[a-z]:)?/|^[.~]|\\|/.*/", re.IGNORECASE)
"""What no hub id holds: a root, a dot or `~` at the beginning, a backslash, several slashes."""
_LATEST = ":latest"


def checkpoint_name(given: str) -> str:
    """Return in lower case what names a checkpoint: the owner and the name of a hub id, the last part of a path,
    and of a GGUF file its folder too.

    The other folders above a checkpoint say nothing of it, except in the hub's cache, where they hold its id. A tag, as
    Ollama writes it, becomes a part of the name: `fara:7b` is `fara-7b`.
    """
    given = _HUB.sub("", given.strip())
    whole = str(Path(given).resolve()) if given in (".", "..") else given
    path = re.sub(r"[\\/]+", "/", whole).rstrip("/")
    cached = _CACHED.search(path)
    if cached is not None:
        path = cached[1].replace("--", "/", 1)
    elif _PATH.search(whole.rstrip("/")) or _is_folder(given):
        # A file is often called after its format alone, and its folder after the checkpoint.
        path = "/".join(path.split("/")[-2 if path.lower().endswith(".gguf") else -1 :])
    return path.lower().removesuffix(_LATEST).replace(":", "-")


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):  # too long, or with a character that no path holds
        return False
