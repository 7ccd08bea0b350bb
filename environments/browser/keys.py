"""Playwright's names for the canonical keys."""

from collections.abc import Sequence

from handeye.environments.errors import ActionRejected

_NAMES = {
    "ctrl": "Control",
    "alt": "Alt",
    "shift": "Shift",
    "meta": "Meta",
    "enter": "Enter",
    "esc": "Escape",
    "tab": "Tab",
    "space": "Space",
    "backspace": "Backspace",
    "delete": "Delete",
    "insert": "Insert",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
    "home": "Home",
    "end": "End",
    "pageup": "PageUp",
    "pagedown": "PageDown",
    "capslock": "CapsLock",
    "numlock": "NumLock",
    "scrolllock": "ScrollLock",
    "printscreen": "PrintScreen",
    "pause": "Pause",
    "menu": "ContextMenu",
    "volumeup": "AudioVolumeUp",
    "volumedown": "AudioVolumeDown",
    "volumemute": "AudioVolumeMute",
    "playpause": "MediaPlayPause",
    "nexttrack": "MediaTrackNext",
    "prevtrack": "MediaTrackPrevious",
    **{f"f{number}": f"F{number}" for number in range(1, 13)},
}
_CODES = {
    **{letter: f"Key{letter.upper()}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{digit: f"Digit{digit}" for digit in "0123456789"},
    "-": "Minus",
    "=": "Equal",
    "[": "BracketLeft",
    "]": "BracketRight",
    "\\": "Backslash",
    ";": "Semicolon",
    "'": "Quote",
    "`": "Backquote",
    ",": "Comma",
    ".": "Period",
    "/": "Slash",
}
"""Keys by position: what they enter depends on shift."""


def is_typeable(character: str) -> bool:
    """Return whether the character has a key on the keyboard; others are on other layouts."""
    return " " <= character <= "~"


def playwright_keys(keys: Sequence[str]) -> list[str]:
    """Return Playwright's names for canonical keys; raise `ActionRejected` for those that it lacks."""
    return [_playwright_key(key, "shift" in keys) for key in keys]


def _playwright_key(key: str, shifted: bool) -> str:
    if key in _NAMES:
        return _NAMES[key]
    if shifted and key in _CODES:
        return _CODES[key]
    if len(key) == 1 and is_typeable(key):
        return key
    hint = "type it as text" if len(key) == 1 else "use another one"
    raise ActionRejected(f"a browser's keyboard has no key {key}: {hint}")
