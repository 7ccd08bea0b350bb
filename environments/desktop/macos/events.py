"""What pyautogui lacks on macOS: any character, clicks that last, repeated keys, scrolling by pixels; Quartz events.

An event carries up to 20 UTF-16 units of text, whatever the layout; the clipboard is not used. Quartz is installed with
pyautogui, through pyobjc. Source: Apple's Quartz Event Services reference, `CGEventKeyboardSetUnicodeString`.
"""

import time
from collections.abc import Iterator
from importlib import import_module

from handeye.actions.geometry import Point

_KEYS = {"\n": 36, "\t": 48}
_UNITS = 20
"""The maximum number of UTF-16 units in an event."""
_CATCH_UP = 0.01
"""Seconds that macOS needs between events, according to pyautogui."""


def chunks(text: str) -> Iterator[str]:
    """Split a text into chunks for single events: line feeds and tabs alone, and no character split."""
    chunk, units = "", 0
    for character in text:
        length = 1 if ord(character) <= 0xFFFF else 2
        if chunk and (units + length > _UNITS or character in _KEYS or chunk in _KEYS):
            yield chunk
            chunk, units = "", 0
        chunk, units = chunk + character, units + length
    if chunk:
        yield chunk


def type_chunk(chunk: str, seconds: float) -> None:
    """Type what fits into one event, into the window in front, with the key down for `seconds`."""
    quartz = import_module("Quartz")
    for down in (True, False):
        event = quartz.CGEventCreateKeyboardEvent(None, _KEYS.get(chunk, 0), down)
        quartz.CGEventSetFlags(event, 0)  # ignore modifiers that a person is holding
        if chunk not in _KEYS:
            quartz.CGEventKeyboardSetUnicodeString(event, len(chunk.encode("utf-16-le")) // 2, chunk)
        quartz.CGEventPost(quartz.kCGHIDEventTap, event)
        if down:
            time.sleep(seconds)
    time.sleep(_CATCH_UP)


def click_event(point: Point, button: str, number: int, down: bool) -> None:
    """Press or release a button at a point. number: of the click in a series, by which programs tell double clicks."""
    quartz = import_module("Quartz")
    kinds = {
        "left": (quartz.kCGEventLeftMouseDown, quartz.kCGEventLeftMouseUp, quartz.kCGMouseButtonLeft),
        "right": (quartz.kCGEventRightMouseDown, quartz.kCGEventRightMouseUp, quartz.kCGMouseButtonRight),
        "middle": (quartz.kCGEventOtherMouseDown, quartz.kCGEventOtherMouseUp, quartz.kCGMouseButtonCenter),
    }
    pressed, released, which = kinds[button]
    event = quartz.CGEventCreateMouseEvent(None, pressed if down else released, tuple(point), which)
    quartz.CGEventSetIntegerValueField(event, quartz.kCGMouseEventClickState, number)
    quartz.CGEventPost(quartz.kCGHIDEventTap, event)


def repeat_key(code: int) -> None:
    """Press a key that is already down once more, as the keyboard does while it is held."""
    quartz = import_module("Quartz")
    event = quartz.CGEventCreateKeyboardEvent(None, code, True)
    quartz.CGEventSetIntegerValueField(event, quartz.kCGKeyboardEventAutorepeat, 1)
    quartz.CGEventPost(quartz.kCGHIDEventTap, event)


def scroll_pixels(right: int, down: int) -> None:
    """Scroll the content under the pointer by pixels."""
    quartz = import_module("Quartz")
    event = quartz.CGEventCreateScrollWheelEvent(None, quartz.kCGScrollEventUnitPixel, 2, -down, -right)
    quartz.CGEventPost(quartz.kCGHIDEventTap, event)
