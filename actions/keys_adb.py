"""Android's names for keys: the `KEYCODE_` names that `adb shell input keyevent` takes, without the prefix.

Source: android.view.KeyEvent. Android's `home`, `back` and `app_switch` are no keys here but the actions `home`, `back`
and `recent_apps`.
"""

_NAMES = {
    **{"ctrl": "ctrl_left", "alt": "alt_left", "shift": "shift_left", "meta": "meta_left"},
    **{"enter": "enter", "esc": "escape", "tab": "tab", "space": "space", "insert": "insert"},
    **{"backspace": "del", "delete": "forward_del", "clear": "clear", "menu": "menu", "search": "search"},
    **{"up": "dpad_up", "down": "dpad_down", "left": "dpad_left", "right": "dpad_right"},
    **{"home": "move_home", "end": "move_end", "pageup": "page_up", "pagedown": "page_down"},
    **{"capslock": "caps_lock", "numlock": "num_lock", "scrolllock": "scroll_lock"},
    **{"printscreen": "sysrq", "pause": "break"},
    **{"volumeup": "volume_up", "volumedown": "volume_down", "volumemute": "volume_mute"},
    **{"playpause": "media_play_pause", "nexttrack": "media_next", "prevtrack": "media_previous", "stop": "media_stop"},
    **{
        "power": "power",
        "sleep": "sleep",
        "wakeup": "wakeup",
        "camera": "camera",
        "call": "call",
        "endcall": "endcall",
    },
    **{f"f{number}": f"f{number}" for number in range(1, 13)},
    **{character: character for character in "abcdefghijklmnopqrstuvwxyz0123456789"},
    **{",": "comma", ".": "period", "-": "minus", "=": "equals", "/": "slash", "\\": "backslash", ";": "semicolon"},
    **{"'": "apostrophe", "[": "left_bracket", "]": "right_bracket", "`": "grave", "+": "plus", "*": "star"},
    **{"#": "pound", "@": "at"},
}
_KEYS = {
    **{name: key for key, name in _NAMES.items()},
    **{"dpad_center": "enter", "numpad_enter": "enter", "ctrl_right": "ctrl", "alt_right": "alt"},
    **{"shift_right": "shift", "meta_right": "meta", "mute": "volumemute"},
    **{f"numpad_{digit}": str(digit) for digit in range(10)},
}


def keyevent_name(key: str) -> str | None:
    """Return Android's name of a canonical key, such as `del` for `backspace`; None if a phone has no such key."""
    return _NAMES.get(key)


def key_of_keyevent(name: str) -> str | None:
    """Return the canonical key of Android's name, in any case, with or without `KEYCODE_`; None if there is none."""
    return _KEYS.get(name.strip().lower().removeprefix("keycode_"))
