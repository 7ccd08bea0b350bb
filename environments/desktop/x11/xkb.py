"""The part of the X keyboard extension that python-xlib lacks: reading the keymap, and changing keys.

The core protocol can change keys too, but with one notification to all programs for each run of adjacent keys, or a
whole block at once, which loses the third and fourth levels and the groups of the keys between. This module causes one
notification and leaves other keys unchanged. Source: "The X Keyboard Extension: Protocol Specification", requests 0, 8
and 9.
"""

import struct
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from Xlib.display import Display

EXTENSION = "XKEYBOARD"
_USE_EXTENSION, _GET_MAP, _SET_MAP = 0, 8, 9
_CORE_KEYBOARD = 0x100
_KEY_SYMS = 2
_COUNT = 15


class Key(NamedTuple):
    """What one key enters."""

    types: tuple[int, int, int, int]
    """The type of each group, as an index into the display's types; 0 has only one level."""
    groups: int
    """The number of groups in the lower four bits; the upper bits say how a missing group is handled."""
    width: int
    """The number of levels per group."""
    keysyms: tuple[int, ...]
    """All levels of the first group, then those of the second; 0 for none."""

    def at(self, group: int, level: int) -> int:
        """Return the keysym at a level; for a missing group, that of the group it falls back to."""
        count = self.groups & _COUNT
        if not count or level >= self.width:
            return 0
        return self.keysyms[group % count * self.width + level]

    def type_of(self, group: int) -> int:
        """Return the type of a group, or of the one it falls back to."""
        return self.types[group % max(self.groups & _COUNT, 1)]


UNUSED = Key((0, 0, 0, 0), 0, 0, ())


def single(keysym: int) -> Key:
    """Return a key that enters the same keysym, whatever the group, shift and other modifiers."""
    return Key((0, 0, 0, 0), 1, 1, (keysym,))


def read_keys(display: "Display") -> dict[int, Key]:
    """Return what each keycode of the core keyboard enters."""
    _query(display, _USE_EXTENSION, struct.pack("=HH", 1, 0))
    body = _query(display, _GET_MAP, struct.pack("=HHH18x", _CORE_KEYBOARD, _KEY_SYMS, 0))
    first, count = body[9], body[12]
    keys, offset = {}, 32
    for keycode in range(first, first + count):
        *types, groups, width, length = struct.unpack_from("=6BH", body, offset)
        keysyms = struct.unpack_from(f"={length}I", body, offset + 8)
        keys[keycode] = Key((types[0], types[1], types[2], types[3]), groups, width, keysyms)
        offset += 8 + 4 * length
    return keys


def write_keys(display: "Display", keys: Mapping[int, Key]) -> None:
    """Set what keycodes enter. They must be contiguous; include unchanged keys between them."""
    first, count = min(keys), len(keys)
    total = sum(len(key.keysyms) for key in keys.values())
    info = display.display.info
    header = struct.pack(
        "=HHHBBBBBBH18x",
        *(_CORE_KEYBOARD, _KEY_SYMS, 0, info.min_keycode, info.max_keycode, 0, 0, first, count, total),
    )
    descriptions = (
        struct.pack(f"=6BH{len(key.keysyms)}I", *key.types, key.groups, key.width, len(key.keysyms), *key.keysyms)
        for _, key in sorted(keys.items())
    )
    _classes()[0](display.display, opcode=_opcode(display), minor=_SET_MAP, body=header + b"".join(descriptions))


def _query(display: "Display", minor: int, body: bytes) -> bytes:
    reply = _classes()[1](display.display, opcode=_opcode(display), minor=minor, body=body)
    return bytes(reply.body[:])


def _opcode(display: "Display") -> int:
    extension = display.query_extension(EXTENSION)
    if extension is None:
        raise RuntimeError(f"the X display has no {EXTENSION} extension")
    return int(extension.major_opcode)


@cache
def _classes() -> tuple[Any, Any]:
    """Return a request class without and one with a reply, whose bodies are packed and unpacked here."""
    from Xlib.protocol import rq

    fields = (rq.Card8("opcode"), rq.Card8("minor"), rq.RequestLength(), rq.Binary("body"))

    class Request(rq.Request):
        _request = rq.Struct(*fields)

    class Query(rq.ReplyRequest):
        _request = rq.Struct(*fields)
        _reply = rq.Struct(
            rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(), rq.Binary("body")
        )

    return Request, Query
