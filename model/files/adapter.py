"""Folders that hold a LoRA adapter: weights that only change those of another checkpoint."""

from pathlib import Path

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import read_object

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


def holds_adapter(folder: Path, name: str) -> bool:
    """Tell whether a folder holds an adapter instead of a model; refuse one that holds both.

    Raises:
        InvalidCheckpoint: it holds both, so it is unclear what is meant.
    """
    if not (folder / CONFIG).is_file():
        return False
    if (folder / "config.json").is_file() or any(folder.glob("*.gguf")):
        raise InvalidCheckpoint(
            f"{name} holds a model and a LoRA adapter, which would not be applied: remove {CONFIG} to use the model "
            "without it, or give the adapter's model as --model and this folder as --adapter"
        )
    return True


def named_base(folder: Path) -> str | None:
    """Return what an adapter calls the model that it was trained on, an id or a folder; None if it does not.

    Raises:
        InvalidCheckpoint: its adapter_config.json cannot be read.
    """
    fields = read_object(folder / CONFIG)
    base, revision = fields.get("base_model_name_or_path"), fields.get("revision")
    if not isinstance(base, str) or not base.strip():
        return None
    on_hub = base.count("/") == 1 and not base.startswith((".", "~", "/")) and "@" not in base
    return f"{base}@{revision}" if on_hub and isinstance(revision, str) and revision else base
