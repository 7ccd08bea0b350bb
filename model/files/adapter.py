"""Folders that hold a LoRA adapter: weights that only change those of another checkpoint."""

import json
from pathlib import Path

from handeye.model.errors import InvalidCheckpoint


def refuse_adapter(folder: Path, name: str) -> None:
    """Raise `InvalidCheckpoint` if the folder holds an adapter: reading the other files alone would leave it out."""
    path = folder / "adapter_config.json"
    if not path.is_file():
        return
    if (folder / "config.json").is_file():
        raise InvalidCheckpoint(
            f"{name} holds a model and a LoRA adapter that would not be applied: merge the adapter into the model "
            "(peft: merge_and_unload), or remove adapter_config.json to use the model without it"
        )
    raise InvalidCheckpoint(
        f"{name} holds only a LoRA adapter for {_base(path)}: merge it into that model (peft: merge_and_unload, then "
        "save_pretrained) and give the merged folder"
    )


def _base(path: Path) -> str:
    try:
        base = json.loads(path.read_text(encoding="utf-8")).get("base_model_name_or_path")
    except (OSError, ValueError, AttributeError):
        base = None
    return base if isinstance(base, str) and base.isprintable() and base else "another model"
