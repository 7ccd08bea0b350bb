"""Which adapter, and how much of it."""

import math
from pathlib import Path
from typing import NamedTuple


class Adapter(NamedTuple):
    """An adapter by its name."""

    name: str | Path
    """A folder, or an id on the Hugging Face hub."""
    weight: float = 1.0
    """What its change is multiplied by: 1 is all of it, 0 none."""


def as_adapter(given: "Adapter | str | Path") -> Adapter:
    """Return an adapter of which at most the name was given. Raises `ValueError` for a weight that is no number."""
    adapter = given if isinstance(given, Adapter) else Adapter(given)
    if not math.isfinite(adapter.weight):
        raise ValueError(f"the weight of the adapter {adapter.name} must be a finite number, not {adapter.weight}")
    return adapter
