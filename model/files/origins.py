"""What a checkpoint is made from, by the names in its config.json."""

from pathlib import Path

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section, read_object


def named_origins(fields: Section) -> tuple[str, ...]:
    """Return the names in a config.json that say what a checkpoint is; raise `InvalidCheckpoint` for a broken one."""
    prompt_format = fields.get("prompt_format")
    if prompt_format not in (None, "qwen", "compact"):
        raise fields.invalid("prompt_format", "not qwen or compact")
    saved = fields.get("_name_or_path")
    names = ("handeye-tiny" if prompt_format == "compact" else "", saved.strip() if isinstance(saved, str) else "")
    return tuple(name for name in names if name)


def folder_origins(folder: Path) -> tuple[str, ...]:
    """Return the names in a folder's config.json; none if it cannot be read, which loading the checkpoint explains."""
    path = folder / "config.json"
    try:
        return named_origins(Section(read_object(path), path.name)) if path.is_file() else ()
    except (InvalidCheckpoint, OSError):
        return ()
