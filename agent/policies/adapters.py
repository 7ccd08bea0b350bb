"""LoRA adapters of a model on this machine, as `--adapter` names them and a journal stores them."""

from collections.abc import Sequence
from pathlib import Path

from handeye.environments.errors import InvalidOption
from handeye.model.adapters.adapter import Adapter


def parse_adapter(text: str) -> Adapter:
    """Parse `NAME` or `NAME=WEIGHT`, a folder or an id and a number; raise `InvalidOption` otherwise."""
    name, sign, number = text.rpartition("=")
    if not sign or _is_folder(text):
        name, number = text, "1"
    try:
        weight = float(number)
    except ValueError:
        raise InvalidOption(f"the weight of the adapter {text!r} is not a number: write it like {name}=0.5") from None
    if not name.strip() or not abs(weight) < float("inf"):
        raise InvalidOption(f"the adapter {text!r} must be NAME or NAME=WEIGHT, where WEIGHT is a number such as 0.5")
    return Adapter(name, weight)


def named_adapters(texts: Sequence[str] | None) -> tuple[str, ...]:
    """Return the values of the option with folders as absolute paths. Raises `InvalidOption`."""
    return tuple(map(_absolute, map(parse_adapter, texts or ())))


def _absolute(adapter: Adapter) -> str:
    name = str(Path(adapter.name).expanduser().absolute()) if _is_folder(adapter.name) else adapter.name
    return str(name) if adapter.weight == 1 and "=" not in str(name) else f"{name}={adapter.weight!r}"


def _is_folder(name: str | Path) -> bool:
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError):  # a name that is too long, ~nobody: loading it says so
        return False
