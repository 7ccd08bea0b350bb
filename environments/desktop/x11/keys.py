"""The keys of X11: keysyms, which identify a key's meaning, independent of its position on the keyboard.

Source: the X protocol's appendix A and `XF86keysym.h`.
"""

import unicodedata

_UNICODE = 0x0100_0000
_NAMED = {
    "ctrl": 0xFFE3,
    "alt": 0xFFE9,
    "shift": 0xFFE1,
    "meta": 0xFFEB,
    "enter": 0xFF0D,
    "esc": 0xFF1B,
    "tab": 0xFF09,
    "space": 0x20,
    "backspace": 0xFF08,
    "delete": 0xFFFF,
    "insert": 0xFF63,
    "up": 0xFF52,
    "down": 0xFF54,
    "left": 0xFF51,
    "right": 0xFF53,
    "home": 0xFF50,
    "end": 0xFF57,
    "pageup": 0xFF55,
    "pagedown": 0xFF56,
    "capslock": 0xFFE5,
    "numlock": 0xFF7F,
    "scrolllock": 0xFF14,
    "printscreen": 0xFF61,
    "pause": 0xFF13,
    "menu": 0xFF67,
    "clear": 0xFF0B,
    "volumeup": 0x1008_FF13,
    "volumedown": 0x1008_FF11,
    "volumemute": 0x1008_FF12,
    "playpause": 0x1008_FF14,
    "stop": 0x1008_FF15,
    "prevtrack": 0x1008_FF16,
    "nexttrack": 0x1008_FF17,
    "search": 0x1008_FF1B,
    **{f"f{number}": 0xFFBD + number for number in range(1, 25)},
}
"""The canonical names of a desktop's keys, without those that only phones have."""
SHIFT, CAPS_LOCK, INSERT = _NAMED["shift"], _NAMED["capslock"], _NAMED["insert"]


def keysym_of_key(key: str) -> int | None:
    """Return the keysym of a canonical key; None if no desktop keyboard has it."""
    return keysym_of_character(key) if len(key) == 1 else _NAMED.get(key)


def keysym_of_character(character: str) -> int | None:
    """Return the keysym that enters a character (enter for a line feed); None if there is none."""
    if character == "\n":
        return _NAMED["enter"]
    if character == "\t":
        return _NAMED["tab"]
    if unicodedata.category(character) in ("Cc", "Cs"):
        return None
    code = ord(character)
    return code if code <= 0xFF else _UNICODE | code
