"""Protocol buffers on the wire: the fields of a message, without its description.

https://protobuf.dev/programming-guides/encoding
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

Value: TypeAlias = int | memoryview
"""An integer, or the bytes of a text, of a message, of packed numbers, or of a fixed number."""

_VARINT: Final = 0
_FIXED: Final = {1: 8, 5: 4}
"""Bytes by wire type."""
_BYTES: Final = 2
_LONGEST: Final = 10
"""Bytes of a varint."""


class Malformed(ValueError):
    """Bytes that are no message."""


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Yield the number and the value of each field, in order. Raises `Malformed`."""
    place = 0
    while place < len(message):
        key, place = varint(message, place)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise Malformed("a field has the number 0")
        if kind == _VARINT:
            value, place = varint(message, place)
            yield number, value
            continue
        if kind == _BYTES:
            length, place = varint(message, place)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise Malformed(f"a field has the wire type {kind}")
        if place + length > len(message):
            raise Malformed("a field reaches over the end of its message")
        yield number, message[place : place + length]
        place += length


def varint(message: memoryview, place: int) -> tuple[int, int]:
    """Return the number at a place, and the place after it. Raises `Malformed`."""
    value = 0
    for count in range(_LONGEST):
        if place >= len(message):
            raise Malformed("a number reaches over the end of its message")
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, place
    raise Malformed("a number has more than ten bytes")


def signed(value: Value) -> int:
    """Return an int32 or int64 field: a negative number has all upper bits set. Raises `Malformed`."""
    number = whole(value)
    return number - (1 << 64) if number >> 63 else number


def whole(value: Value) -> int:
    """Return a number that is not negative. Raises `Malformed`."""
    if not isinstance(value, int):
        raise Malformed("there are bytes where a number belongs")
    return value


def data(value: Value) -> memoryview:
    """Return bytes. Raises `Malformed`."""
    if isinstance(value, int):
        raise Malformed("there is a number where bytes belong")
    return value


def text(value: Value) -> str:
    """Return a text; what is no UTF-8 in it is replaced. Raises `Malformed`."""
    return bytes(data(value)).decode("utf-8", "replace")
