"""What two runs were measured with, where that differs."""

import json
from collections.abc import Mapping
from typing import Final, NamedTuple

from handeye.evals.results.run import Results

_NAMES: Final = (
    "model",
    "revision",
    "adapters",
    "backend",
    "constrained",
    "server",
    "profile",
    "profile_hash",
    "format",
    "prompt_hash",
    "prompt",
    "asked_with",
    "decoding",
    "pixels",
    "visual_tokens",
    "resize",
    "device",
    "dtype",
    "max_steps",
    "seeds",
    "load",
    "versions",
    "hardware",
)
"""In the order in which they are shown: what changes a score first."""


class Setting(NamedTuple):
    """One fact of the manifests."""

    name: str
    first: str
    second: str


def settings_that_differ(first: Results, second: Results) -> list[Setting]:
    """Return what differs, a line for each part of what has parts. What only one manifest says is left out."""
    found = []
    for name in _NAMES:
        if name in first.manifest and name in second.manifest:
            found += _apart(name.replace("_", " "), first.manifest[name], second.manifest[name])
    return found


def _apart(name: str, first: object, second: object) -> list[Setting]:
    if first == second:
        return []
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        keys = dict.fromkeys((*first, *second))
        return [line for key in keys for line in _apart(f"{name} {key}", first.get(key), second.get(key))]
    return [Setting(name, _shown(first), _shown(second))]


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
