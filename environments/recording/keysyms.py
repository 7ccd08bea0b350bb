"""The meaning of an X11 keysym: a key by its canonical name, or a character.

Source: the X protocol's appendix A. Keysyms of characters from before Unicode follow the ISO 8859 sets, and those of
Cyrillic letters KOI8.
"""

from handeye.actions.fields import Modifier
from handeye.actions.keys import NAMED_KEYS
from handeye.environments.desktop.x11.keys import keysym_of_key

_UNICODE = range(0x0100_0100, 0x0111_0000)
_SETS = {
    0x01: "iso8859_2",
    0x02: "iso8859_3",
    0x03: "iso8859_4",
    0x05: "iso8859_6",
    0x06: "koi8_u",
    0x07: "iso8859_7",
    0x0C: "iso8859_8",
    0x0D: "iso8859_11",
    0x13: "iso8859_15",
}
_EURO = 0x20AC
_NAMES = {keysym: name for name in sorted(NAMED_KEYS - {"space"}) if (keysym := keysym_of_key(name)) is not None} | {
    0xFFE4: "ctrl",
    0xFFEA: "alt",
    0xFFE7: "alt",
    0xFFE2: "shift",
    0xFFEC: "meta",
    0xFFE8: "meta",
    0xFE20: "tab",  # shift and the tab key
    0xFF8D: "enter",
    0xFF95: "home",
    0xFF96: "left",
    0xFF97: "up",
    0xFF98: "right",
    0xFF99: "down",
    0xFF9A: "pageup",
    0xFF9B: "pagedown",
    0xFF9C: "end",
    0xFF9E: "insert",
    0xFF9F: "delete",
}
_KEYPAD = {0xFFAA + offset: character for offset, character in enumerate("*+,-./0123456789")}
LEVEL_3_KEYS = frozenset({0xFE03, 0xFE11})
"""The keys that select the third level of others, such as AltGr."""
MODIFIER_BITS: tuple[tuple[int, Modifier], ...] = ((4, "ctrl"), (8, "alt"), (1, "shift"), (64, "meta"))
"""The bits of an event's state."""


def key_of_keysym(keysym: int) -> str | None:
    """Return the canonical name of a key that enters no character; None for all others."""
    return _NAMES.get(keysym)


def character_of_keysym(keysym: int) -> str | None:
    """Return the character that a keysym enters; None if it enters none."""
    if 0x20 <= keysym <= 0x7E or 0xA0 <= keysym <= 0xFF:
        return chr(keysym)
    if keysym in _UNICODE:
        return chr(keysym - 0x0100_0000)
    if keysym == _EURO:
        return "€"
    if keysym in _KEYPAD:
        return _KEYPAD[keysym]
    encoding = _SETS.get(keysym >> 8)
    if encoding is None or keysym & 0xFF < 0xA0:
        return None
    return bytes([keysym & 0xFF]).decode(encoding, errors="ignore") or None


def held_modifiers(state: int) -> tuple[Modifier, ...]:
    """Return the modifiers held according to an event's state."""
    return tuple(modifier for bit, modifier in MODIFIER_BITS if state & bit)
