"""What a checkpoint is made from, by the names in its config.json, or in its GGUF file."""

from pathlib import Path

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.adapter import CONFIG, named_base
from handeye.model.files.fields import Section, read_object
from handeye.model.gguf.origins import stored_origins


def named_origins(fields: Section) -> tuple[str, ...]:
    """Return the names in a config.json that say what a checkpoint is; raise `InvalidCheckpoint` for a broken one."""
    prompt_format = fields.get("prompt_format")
    if prompt_format not in (None, "qwen", "compact"):
        raise fields.invalid("prompt_format", "not qwen or compact")
    saved = fields.get("_name_or_path")
    names = (
        "handeye-tiny" if prompt_format == "compact" else "",
        saved.strip() if isinstance(saved, str) else "",
        "OpenCUA" if fields.get("model_type") == "opencua" else "",
    )
    return tuple(name for name in names if name)


def folder_origins(folder: Path) -> tuple[str, ...]:
    """Return the names in a folder's config.json, or those of the model in a GGUF file or a folder of such.

    Of an adapter they are that of its model, and those that its model has. Empty if they cannot be read, which loading
    the checkpoint explains.
    """
    try:
        if (folder / "config.json").is_file() or not (folder / CONFIG).is_file():
            return _own(folder)
        base = named_base(folder)
        return () if base is None else (base, *_own(Path(base)))
    except (InvalidCheckpoint, OSError):
        return ()


def _own(path: Path) -> tuple[str, ...]:
    config = path / "config.json"
    return named_origins(Section(read_object(config), config.name)) if config.is_file() else stored_origins(path)
