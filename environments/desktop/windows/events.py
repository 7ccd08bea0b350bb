"""What pyautogui lacks on Windows: any character, horizontal scrolling, and the keys beside the number pad.

All use `SendInput`. Characters are sent as Unicode (`KEYEVENTF_UNICODE`), independent of the layout, Caps Lock and the
clipboard. The arrow keys and their neighbours are sent as extended keys (`KEYEVENTF_EXTENDEDKEY`): pyautogui sends
those of the number pad, with which shift selects nothing while Num Lock is on.
Source: Microsoft's reference for `SendInput`, `INPUT`, `KEYBDINPUT` and `MOUSEINPUT`.
"""

import ctypes
import sys
from ctypes import c_int32, c_size_t, c_uint16, c_uint32
from typing import ClassVar

from handeye.environments.desktop.input import PartlyDone
from handeye.environments.errors import ActionRejected

_MOUSE, _KEYBOARD = 0, 1
_EXTENDED, _KEY_UP, _UNICODE = 0x1, 0x2, 0x4
_WHEEL, _HORIZONTAL_WHEEL = 0x0800, 0x1000
_NOTCH = 120
_KEYS = {"\n": 0x0D, "\t": 0x09}
EXTENDED_KEYS = {
    "pageup": 0x21,
    "pagedown": 0x22,
    "end": 0x23,
    "home": 0x24,
    "left": 0x25,
    "up": 0x26,
    "right": 0x27,
    "down": 0x28,
    "printscreen": 0x2C,
    "insert": 0x2D,
    "delete": 0x2E,
    "winleft": 0x5B,
    "apps": 0x5D,
}
"""The virtual key codes of extended keys, by pyautogui's names."""
_AT_A_TIME = 256
"""Events that are sent in one call; no other input comes between them."""


class _MouseInput(ctypes.Structure):
    _fields_: ClassVar = [
        ("dx", c_int32),
        ("dy", c_int32),
        ("data", c_uint32),
        ("flags", c_uint32),
        ("time", c_uint32),
        ("extra", c_size_t),
    ]


class _KeyboardInput(ctypes.Structure):
    _fields_: ClassVar = [
        ("key", c_uint16),
        ("scan", c_uint16),
        ("flags", c_uint32),
        ("time", c_uint32),
        ("extra", c_size_t),
    ]


class _Either(ctypes.Union):
    _fields_: ClassVar = [("mouse", _MouseInput), ("keyboard", _KeyboardInput)]


class Input(ctypes.Structure):
    """One event, as Windows defines it: 40 bytes on 64-bit systems, 28 on 32-bit ones."""

    _fields_: ClassVar = [("kind", c_uint32), ("either", _Either)]


def text_events(text: str) -> list[Input]:
    """Return the events that type a text: down and up for each UTF-16 unit, or for the enter and the tab key."""
    events = []
    for character in text:
        if character in _KEYS:
            events += [_key(_KEYS[character], 0, flags) for flags in (0, _KEY_UP)]
            continue
        data = character.encode("utf-16-le")
        for unit in (int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)):
            events += [_key(0, unit, _UNICODE | flags) for flags in (0, _KEY_UP)]
    return events


def extended_key_event(name: str, down: bool) -> Input:
    """Return the event that presses or releases one of the `EXTENDED_KEYS`."""
    return _key(EXTENDED_KEYS[name], 0, _EXTENDED if down else _EXTENDED | _KEY_UP)


def wheel_events(right: int, up: int) -> list[Input]:
    """Return the events that turn the wheel by notches."""
    turns = ((up, _WHEEL), (right, _HORIZONTAL_WHEEL))
    return [
        Input(_MOUSE, _Either(mouse=_MouseInput(0, 0, (turn * _NOTCH) & 0xFFFF_FFFF, flags, 0, 0)))
        for turn, flags in turns
        if turn
    ]


def send(events: list[Input]) -> None:
    """Send events to the window in front.

    Raises `ActionRejected` if Windows accepts none of them, as for windows of programs run as administrator, and
    `PartlyDone` if it accepts only some.
    """
    if sys.platform != "win32":
        raise ActionRejected("SendInput exists only on Windows")
    send_input = ctypes.WinDLL("user32", use_last_error=True).SendInput
    for start in range(0, len(events), _AT_A_TIME):
        batch = events[start : start + _AT_A_TIME]
        taken = send_input(len(batch), (Input * len(batch))(*batch), ctypes.sizeof(Input))
        if taken < len(batch):
            raise refusal(start + taken)


def refusal(taken: int) -> ActionRejected | PartlyDone:
    """Return the error for events of which Windows has accepted only the first ones."""
    reason = "the window in front is an administrator's, or the screen is locked: Windows takes no input"
    return PartlyDone(reason) if taken else ActionRejected(reason)


def _key(key: int, scan: int, flags: int) -> Input:
    return Input(_KEYBOARD, _Either(keyboard=_KeyboardInput(key, scan, flags, 0, 0)))
