"""`input`: touches, keys and text, as Android 14's `InputShellCommand` accepts them."""

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Final

from handeye.actions.geometry import Point
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.keycodes import MODIFIERS, UNKNOWN, browser_key, key_name
from handeye.environments.simulated_phone.shell.call import Arguments, Call, JavaError

_SOURCES = frozenset(
    "keyboard dpad gamepad touchscreen mouse stylus trackball touchpad touchnavigation joystick rotaryencoder".split()
)
_LONG_PRESS: Final = 0.5
"""Seconds: Android's long press timeout, and the same for the page."""
_SWIPE = 0.3
_FRAME = 0.012
_HELP = """Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]

The sources are:
      touchnavigation
      touchscreen
      joystick
      stylus
      touchpad
      gamepad
      dpad
      mouse
      keyboard
      trackball

-d: specify the display ID.
      (Default: -1 for key event, 0 for motion event if not specified.)
The commands and default sources are:
      text <string> (Default: touchscreen)
      keyevent [--longpress|--doubletap] <key code number or name> ... (Default: keyboard)
      tap <x> <y> (Default: touchscreen)
      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      draganddrop <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)
      press (Default: trackball)
      roll <dx> <dy> (Default: trackball)
      motionevent <DOWN|UP|MOVE|CANCEL> <x> <y> (Default: touchscreen)
      keycombination [-t duration(ms)] <key code 1> <key code 2> ... (Default: keyboard, the key order is important.)
"""


async def input_(call: Call) -> int:
    """Carry out one `input` command."""
    words = Arguments(call.words)
    verb = words.next()
    if verb in _SOURCES:
        verb = words.required()
    if verb == "-d":
        words.required()
        verb = words.required()
    device = call.device
    match verb:
        case None | "help" | "-h":
            await call.print(_HELP)
            return 0
        case "tap":
            await _tap(device, _point(words, verb))
        case "swipe" | "draganddrop":
            start, end = _point(words, verb), _point(words, verb)
            given = words.next()
            seconds = _SWIPE if given is None else _number(given, verb) / 1000
            await _swipe(
                device, start, end, _SWIPE if seconds < 0 else seconds, 0.0 if verb == "swipe" else _LONG_PRESS
            )
        case "text":
            await type_text(device, words.required())
        case "keyevent":
            await _key_events(device, words)
        case "keycombination":
            await _combination(device, words)
        case "motionevent":
            await _motion(device, words.required().upper(), words)
        case "press" | "roll":
            return 0  # for a trackball, which phones no longer have
        case _:
            await call.print(f"Unknown command: {verb}\n")
            return 0
    await device.turn()  # the touch may have changed the rotation setting
    return 0


async def _tap(device: Device, point: Point) -> None:
    if await _touchable(device, point):
        await device.touch("touchStart", point)
        await device.touch("touchEnd")


async def _swipe(device: Device, start: Point, end: Point, seconds: float, rest: float) -> None:
    """Move a finger along a line after a rest; it is lifted whatever happens."""
    if not await _touchable(device, start):
        await asyncio.sleep(seconds)
        return
    began = time.monotonic()
    await device.touch("touchStart", start)
    try:
        if rest:
            await asyncio.sleep(rest)
            began = time.monotonic()
        while (part := (time.monotonic() - began) / max(seconds, 1e-3)) < 1:
            await device.touch("touchMove", _between(start, end, part))
            await asyncio.sleep(_FRAME)
        if start != end:
            await device.touch("touchMove", end)
    except asyncio.CancelledError:
        await device.touch("touchCancel")
        raise
    await device.touch("touchEnd")


async def _motion(device: Device, action: str, words: Arguments) -> None:
    kinds = {"DOWN": "touchStart", "MOVE": "touchMove", "UP": "touchEnd", "CANCEL": "touchCancel"}
    if action not in kinds:
        raise _invalid(f"Unknown action: {action}")
    kind = kinds[action]
    point = None if action == "CANCEL" and not words.rest else _point(words, "motionevent")
    if kind == "touchEnd" or kind == "touchCancel":
        await device.touch(kind)
    elif point is not None and await _touchable(device, point):
        await device.touch(kind, point)


async def type_text(device: Device, text: str) -> None:
    """Press the keys for a text, where `%s` is a space; raise `JavaError` if a character has no key."""
    text = _unescaped(text)
    if any(not (" " <= character <= "~" or character in "\n\t") for character in text):
        raise JavaError(
            "java.lang.NullPointerException",
            "Attempt to get length of null array",
            "com.android.server.input.InputShellCommand.sendText(InputShellCommand.java:338)",
            "com.android.server.input.InputShellCommand.runText(InputShellCommand.java:310)",
            "com.android.server.input.InputShellCommand.onCommand(InputShellCommand.java:251)",
            "com.android.modules.utils.BasicShellCommandHandler.exec(BasicShellCommandHandler.java:97)",
            "android.os.ShellCommand.exec(ShellCommand.java:38)",
            "com.android.server.input.InputManagerService.onShellCommand(InputManagerService.java:3441)",
            "android.os.Binder.shellCommand(Binder.java:1075)",
        )
    focus = await device.focus()
    if focus.on and not focus.locked:
        await device.display.type(text)


def _unescaped(text: str) -> str:
    """Return the text as `sendText` reads it: every `%s` is a space, even if it was meant literally."""
    return text.replace("%s", " ")


async def _key_events(device: Device, words: Arguments) -> None:
    long, double, delay = False, False, 0.0
    word = words.required()
    while word.startswith("--"):
        long, double = long or word == "--longpress", double or word == "--doubletap"
        if word == "--delay":
            delay = _number(words.required(), "keyevent") / 1000
        following = words.next()
        if following is None:
            return
        word = following
    keys = [word, *words.rest]
    for index, key in enumerate(keys):
        if index:
            await asyncio.sleep(delay)
        for _ in range(2 if double else 1):
            await press_key(device, key_name(key), long)


async def press_key(device: Device, name: str, long: bool = False) -> None:
    """Press a key by Android's name: the system handles its own keys, the focused element the rest."""
    if name == UNKNOWN or await device.ask("name => phone.key(name)", name.lower()):
        return
    key = browser_key(name)
    if key is None:
        return
    if not long or "+" in key:
        await device.display.press(key)
        return
    await device.display.hold(key, True)
    try:
        await asyncio.sleep(_LONG_PRESS)
    finally:
        await device.display.hold(key, False)


async def _combination(device: Device, words: Arguments) -> None:
    """Press keys in order, and release them."""
    seconds = 0.0
    keys = list(words.rest)
    if keys[:1] == ["-t"]:
        seconds = _number(keys[1] if len(keys) > 1 else "", "keycombination") / 1000
        keys = keys[2:]
    if len(keys) < 2:
        raise _invalid("keycombination requires at least 2 keycodes")
    names = [key_name(key) for key in keys]
    if "POWER" in names and "VOLUME_DOWN" in names:
        return  # a phone takes a screenshot, which has no visible effect here
    held = [key for key in map(browser_key, names) if key is not None]
    focus = await device.focus()
    if not held or held[0] not in MODIFIERS or not focus.on or focus.locked:
        for name in names:
            await press_key(device, name)
        return
    await _chord(device, held, seconds)


async def _chord(device: Device, keys: Sequence[str], seconds: float) -> None:
    down: list[str] = []
    try:
        for key in keys:
            await device.display.hold(key, True)
            down.append(key)
        await asyncio.sleep(seconds)
    finally:
        for key in reversed(down):
            await device.display.hold(key, False)


async def _touchable(device: Device, point: Point) -> bool:
    """Return whether a touch at the point has any effect: the screen is on and contains it."""
    width, height = device.display.size
    inside = 0 <= point.x < width and 0 <= point.y < height
    return inside and (await device.focus()).on


def _between(start: Point, end: Point, part: float) -> Point:
    return Point(round(start.x + (end.x - start.x) * part), round(start.y + (end.y - start.y) * part))


def _point(words: Arguments, verb: str) -> Point:
    x, y = _number(words.required(), verb), _number(words.required(), verb)
    return Point(math.floor(x), math.floor(y))


def _number(word: str, verb: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _invalid(f"Invalid arguments for command: {verb}")
    return number


def _invalid(message: str) -> JavaError:
    return JavaError(
        "java.lang.IllegalArgumentException",
        message,
        "com.android.server.input.InputShellCommand.onCommand(InputShellCommand.java:281)",
        "com.android.modules.utils.BasicShellCommandHandler.exec(BasicShellCommandHandler.java:97)",
        "android.os.ShellCommand.exec(ShellCommand.java:38)",
    )
