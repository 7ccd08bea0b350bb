"""The field types of actions: the valid points, keys, texts and times."""

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from handeye.actions.address import canonical_address
from handeye.actions.geometry import Box, Point
from handeye.actions.keys import MODIFIERS, NAMED_KEYS, canonical_keys

MAX_COORDINATE = 65_535
"""The largest x or y in pixels. `Frame.require` checks whether a point lies in its frame."""
MAX_TEXT = 10_000
"""The longest text to type, note or answer, in characters."""
MAX_NAME = 200
"""The longest name of an app or a secret, in characters."""
MAX_ADDRESS = 8_192
"""The longest web address, in characters."""
MAX_WAIT = 600.0
"""The longest wait, in seconds."""
MAX_HOLD = 60.0
"""The longest time that a finger or a key is held down, in seconds."""
MAX_SCROLL = 100_000
"""The farthest scroll along one axis, in pixels."""
MAX_KEYS = 6
"""The maximum number of keys held together."""
MAX_PATH = 100
"""The maximum number of points of a drag."""

Modifier = Literal["ctrl", "alt", "shift", "meta"]


def _integers(value: object, count: int) -> list[int] | None:
    if not isinstance(value, list | tuple) or len(value) != count:
        return None
    numbers = [number for number in value if type(number) is int and 0 <= number <= MAX_COORDINATE]
    return numbers if len(numbers) == count else None


def _point(value: object) -> Point:
    numbers = _integers(value, 2)
    if numbers is None:
        raise ValueError(f"must be [x, y], two whole numbers of pixels from 0 to {MAX_COORDINATE}")
    return Point(*numbers)


def _box(value: object) -> Box:
    numbers = _integers(value, 4)
    if numbers is None:
        raise ValueError(f"must be [left, top, right, bottom], whole numbers of pixels from 0 to {MAX_COORDINATE}")
    box = Box(*numbers)
    if box.size.width < 1 or box.size.height < 1:
        raise ValueError("must be [left, top, right, bottom] with left < right and top < bottom")
    return box


def _keys(value: object) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple):
        raise ValueError("must be a list of names of keys")
    strings = [name for name in names if isinstance(name, str)]
    if len(strings) != len(names):
        raise ValueError("must be a list of names of keys")
    keys = canonical_keys(strings[: MAX_KEYS + 1])
    if len(set(keys)) < len(keys):
        raise ValueError("names a key twice: keys are held together; press it again in another step")
    return keys


def _modifiers(value: object) -> tuple[str, ...]:
    keys = _keys(value)
    if not set(keys) <= set(MODIFIERS):
        raise ValueError(f"must be from {', '.join(MODIFIERS)}")
    return tuple(modifier for modifier in MODIFIERS if modifier in keys)


def _text(value: str) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise ValueError("must not contain control characters: press keys instead")
    return text


def _line(value: str) -> str:
    line = value.strip()
    if not line or any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in line):
        raise ValueError("must be one non-empty line")
    return line


def _array(count: int) -> dict[str, object]:
    item = {"type": "integer", "minimum": 0, "maximum": MAX_COORDINATE}
    return {"type": "array", "items": item, "minItems": count, "maxItems": count}


Pixel = Annotated[Point, PlainValidator(_point), PlainSerializer(list, list[int]), WithJsonSchema(_array(2))]
"""Integer pixels [x, y] from the upper left corner of the frame."""
Region = Annotated[Box, PlainValidator(_box), PlainSerializer(list, list[int]), WithJsonSchema(_array(4))]
"""Integer pixels [left, top, right, bottom], half-open, not empty."""
Path = Annotated[tuple[Pixel, ...], Field(min_length=2, max_length=MAX_PATH)]
Key = Annotated[
    str,
    WithJsonSchema({"anyOf": [{"enum": sorted(NAMED_KEYS)}, {"type": "string", "minLength": 1, "maxLength": 1}]}),
]
Keys = Annotated[tuple[Key, ...], Field(min_length=1, max_length=MAX_KEYS), BeforeValidator(_keys)]
"""Canonical names in the order in which they are pressed; the input may use any alias."""
Modifiers = Annotated[tuple[Modifier, ...], BeforeValidator(_modifiers)]
"""Canonical modifiers in the order of `MODIFIERS`, without duplicates."""
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_text)]
"""Lines end with a line feed; tabs are the only other control characters."""
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME), AfterValidator(_line)]
Address = Annotated[str, Field(min_length=1, max_length=MAX_ADDRESS), AfterValidator(canonical_address)]
WaitSeconds = Annotated[float, Field(strict=True, ge=0, le=MAX_WAIT, allow_inf_nan=False)]
HoldSeconds = Annotated[float, Field(strict=True, gt=0, le=MAX_HOLD, allow_inf_nan=False)]
RestSeconds = Annotated[float, Field(strict=True, ge=0, le=MAX_HOLD, allow_inf_nan=False)]
Distance = Annotated[int, Field(strict=True, ge=-MAX_SCROLL, le=MAX_SCROLL)]
Index = Annotated[int, Field(strict=True, ge=0, le=1000)]
Flag = Annotated[bool, Field(strict=True)]
Button = Literal["left", "right", "middle"]
