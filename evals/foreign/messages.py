"""What a foreign process writes: typed, bounded, and checked before anything is made of it."""

import json
import struct
from collections.abc import Mapping
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

LONGEST_HEAD: Final = 16 << 20
"""The most bytes of a message's JSON."""
LONGEST_DATA: Final = 128 << 20
"""The most bytes that follow it: a screenshot of the largest screen."""
_LENGTH: Final = struct.Struct(">I")


class NotAMessage(ValueError):
    """The bytes are no message of a foreign process."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: Annotated[int, Field(ge=0, le=LONGEST_DATA)] = 0
    """How many bytes follow."""


class Hello(_Message):
    """The first message: who is there."""

    type: Literal["hello"]
    token: str
    python: str
    pid: int


class Beat(_Message):
    """The process is alive, whatever it is doing."""

    type: Literal["beat"]


class Value(_Message):
    """What a call returned; of call 0, the names of the calls."""

    type: Literal["value"]
    call: int
    value: JsonValue


class Raised(_Message):
    """The exception that a call raised."""

    type: Literal["error"]
    call: int
    kind: str
    message: str


Message: TypeAlias = Hello | Beat | Value | Raised
_ADAPTER: Final[TypeAdapter[Message]] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


class Received(NamedTuple):
    """A message with the bytes that followed it."""

    message: Message
    data: bytes


def encode(message: Mapping[str, JsonValue]) -> bytes:
    """Return a message to a foreign process as it is sent."""
    head = json.dumps(message, allow_nan=False).encode()
    return _LENGTH.pack(len(head)) + head


def take(buffer: bytearray) -> Received | None:
    """Remove the first message from what has arrived, and return it; None if it is not complete.

    Raises `NotAMessage`.
    """
    if len(buffer) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack_from(buffer)
    if length > LONGEST_HEAD:
        raise NotAMessage(f"a message of {length:,} bytes")
    start = _LENGTH.size + length
    if len(buffer) < start:
        return None
    try:
        message = _ADAPTER.validate_json(bytes(buffer[_LENGTH.size : start]))
    except ValidationError as error:
        raise NotAMessage(f"no message: {error.errors()[0]['msg']}") from None
    if len(buffer) < start + message.bytes:
        return None
    data = bytes(buffer[start : start + message.bytes])
    del buffer[: start + message.bytes]
    return Received(message, data)
