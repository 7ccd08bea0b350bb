"""What a GGUF file says of the model in it. Nothing here imports torch."""

from collections.abc import Mapping
from pathlib import Path

from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.container import Value, read_head
from handeye.model.gguf.pair import find_pair


def written_origins(path: Path, metadata: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the names of a model: that of its file first, then those in the metadata.

    There the converter writes spaces for the hyphens of a name.
    """
    names = (metadata.get(key) for key in ("general.name", "general.basename"))
    written = (name.strip().replace(" ", "-") for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(name for name in (path.stem, *written) if name))


def stored_origins(path: Path) -> tuple[str, ...]:
    """Return the names of the model that a folder or a file holds.

    None of them if it is not in this format, or cannot be read, which loading the checkpoint explains.
    """
    try:
        pair = find_pair(path)
        return () if pair is None else written_origins(pair.language[0], read_head(pair.language[0]))
    except (InvalidCheckpoint, OSError):
        return ()
