"""Typed reading of a checkpoint's JSON files. Every error is one line that names the file and the whole key."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from handeye.model.errors import InvalidCheckpoint

_Value = TypeVar("_Value", bound=str | int)
_LARGEST = 10**9
"""No size, count or id in a checkpoint is larger."""


def read_json(path: Path) -> object:
    """Read a JSON file that exists. Raises `InvalidCheckpoint` if it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidCheckpoint(f"{path} cannot be read as JSON: {error}") from error


def read_object(path: Path) -> Mapping[str, Any]:
    """Read a JSON object from a file that exists.

    Raises:
        InvalidCheckpoint: it cannot be read, or is not a JSON object.
    """
    found = read_json(path)
    if not isinstance(found, Mapping):
        raise InvalidCheckpoint(f"{path} cannot be read as a JSON object: it holds {_shown(found)}")
    return found


class Section:
    """An object in a JSON file. A key that is absent has the default of the software that wrote the file."""

    def __init__(self, values: object, file: str, path: str = "") -> None:
        """`file` is the name for messages; `path` is the key of this object, empty for the whole file."""
        self._file = file
        self._path = path
        if not isinstance(values, Mapping):
            raise InvalidCheckpoint(f"{file} has an invalid value: {path} is {_shown(values)}, not an object")
        self._values = values

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is present and not null."""
        return self._values.get(key) is not None

    def null(self, key: str) -> bool:
        """Tell whether the key is present, and null."""
        return key in self._values and self._values[key] is None

    def get(self, key: str) -> object:
        """Return the value as it stands in the file; None if it is absent."""
        return self._values.get(key)

    def part(self, *keys: str) -> "Section":
        """Return the object under the first of the keys that is present and not null; an empty one if none is."""
        for key in keys:
            if key in self:
                return Section(self._values[key], self._file, self.name(key))
        return Section({}, self._file, self.name(keys[0]))

    def name(self, key: str) -> str:
        """Return the whole name of a key of this object, such as `vision_config.depth`."""
        return f"{self._path}.{key}" if self._path else key

    def invalid(self, key: str, reason: str) -> InvalidCheckpoint:
        """Return the error that names the key and its value, and gives the reason."""
        shown = _shown(self._values[key]) if key in self._values else "absent"
        return InvalidCheckpoint(f"{self._file} has an invalid value: {self.name(key)} is {shown}, {reason}")

    def count(self, key: str, default: int, *, least: int = 1, most: int = _LARGEST) -> int:
        """Return a whole number from `least` to `most`."""
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.invalid(key, f"not a whole number of at least {least}")
        if value > most:
            raise self.invalid(key, f"more than {most:,}")
        return value

    def counts(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Return whole numbers of at least 0."""
        values = self._values.get(key, default)
        if not isinstance(values, list | tuple) or any(
            not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST for value in values
        ):
            raise self.invalid(key, "not a list of whole numbers")
        return tuple(values)

    def number(self, key: str, default: float, *, zero: bool = False) -> float:
        """Return a finite number above 0; 0 too if `zero`."""
        value = self._values.get(key, default)
        if (
            not isinstance(value, int | float)
            or isinstance(value, bool)
            or not math.isfinite(value)
            or not (value > 0 or (zero and value == 0))
        ):
            raise self.invalid(key, f"not a finite number {'of at least' if zero else 'above'} 0")
        return float(value)

    def choice(self, key: str, default: _Value, known: tuple[_Value, ...]) -> _Value:
        """Return a value that is one of the known; the default if the key is absent or null."""
        value = self._values.get(key)
        value = default if value is None else value.lower() if isinstance(value, str) else value
        for each in known:
            if value == each and type(value) is type(each):
                return each
        raise self.invalid(key, f"which is not supported: use a copy with {' or '.join(map(_shown, known))}")

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.invalid(key, "not true or false")
        return value


def _shown(value: object) -> str:
    """Return a value as JSON writes it, in at most 40 characters."""
    text = json.dumps(value, default=repr)
    return text if len(text) <= 40 else f"{text[:37]}..."
