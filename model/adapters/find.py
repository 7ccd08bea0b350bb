"""Finds the folder of an adapter by its name, and the checkpoint that an adapter was trained on."""

from pathlib import Path

from handeye.model.errors import UnknownModel
from handeye.model.files.adapter import CONFIG, named_base
from handeye.model.files.hub import download_adapter
from handeye.model.locate import locate, parse_id


def find_adapter(name: str | Path) -> Path:
    """Return the folder of an adapter: a path, or an id on the Hugging Face hub, `acme/lora` or `acme/lora@revision`.

    Raises:
        UnknownModel: it is neither, or the hub cannot be reached.
    """
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            if not (path / CONFIG).is_file():
                raise UnknownModel(f"{name} has no {CONFIG}: give the folder of a LoRA adapter, as peft writes it")
            return path
    except (OSError, RuntimeError) as error:  # a name that is too long, a folder that may not be read, ~nobody
        raise UnknownModel(f"{name} cannot be looked up ({error}): give the folder of an adapter") from error
    if (found := parse_id(name)) is None:
        raise UnknownModel(f"{name} is not the folder of an adapter, nor an id on the Hugging Face hub")
    folder = download_adapter(*found)
    if not (folder / CONFIG).is_file():
        raise UnknownModel(f"{name} has no {CONFIG}: it is not a LoRA adapter")
    return folder


def base_of(folder: Path, name: str | Path) -> str:
    """Return what an adapter calls the checkpoint that it was trained on.

    Raises:
        UnknownModel: it names none.
        InvalidCheckpoint: its adapter_config.json cannot be read.
    """
    base = named_base(folder)
    if base is None:
        raise UnknownModel(f"{name} is an adapter that does not name its model: {_both(name)}")
    return base


def locate_base(base: str, name: str | Path) -> Path:
    """Return the folder of the checkpoint that the adapter `name` calls `base`.

    Raises:
        UnknownModel: it is not here and not on the hub.
        InvalidCheckpoint: it cannot be loaded.
    """
    try:
        found = locate(base)
    except UnknownModel as error:
        raise UnknownModel(f"{name} is an adapter for {base}, which was not found: {_both(name)} ({error})") from error
    if (found / CONFIG).is_file():
        raise UnknownModel(f"{name} is an adapter for {base}, which is itself an adapter: {_both(name)}")
    return found


def _both(name: str | Path) -> str:
    return f"give its model as --model, and {name} as --adapter"
