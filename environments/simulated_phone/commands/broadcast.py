"""The receivers of broadcasts: the keyboards that computers type with."""

import base64
import binascii
from typing import Final, NamedTuple

from handeye.environments.simulated_phone.commands.input import press_key
from handeye.environments.simulated_phone.device import ADB_KEYBOARD, UIAUTOMATOR_KEYBOARD, Device
from handeye.environments.simulated_phone.intent import Intent
from handeye.environments.simulated_phone.keycodes import key_name

_OK = -1
_NO_FIELD = (
    "Attempt to read from field 'java.lang.CharSequence android.view.inputmethod.ExtractedText.text' "
    "on a null object reference"
)
_PACKAGES = {ADB_KEYBOARD: "com.android.adbkeyboard", UIAUTOMATOR_KEYBOARD: "com.github.uiautomator"}


class Result(NamedTuple):
    """The result of a broadcast."""

    code: int = 0
    data: str | None = None


_UNHEARD: Final = Result()
"""The results of a broadcast without a receiver, and with a receiver that does not answer."""


async def receive(device: Device, intent: Intent) -> Result:
    """Deliver a broadcast to the current keyboard; the others do not listen."""
    keyboard = await device.keyboard()
    if keyboard not in device.keyboards() or intent.package not in (None, _PACKAGES.get(keyboard)):
        return _UNHEARD
    if keyboard == UIAUTOMATOR_KEYBOARD:
        return await _uiautomator(device, intent)
    if keyboard == ADB_KEYBOARD:
        await _adb_keyboard(device, intent)
    return _UNHEARD


async def _uiautomator(device: Device, intent: Intent) -> Result:
    """Handle uiautomator2's broadcasts. Source: what it sends (`_input.py`) and expects back."""
    match intent.action:
        case "ADB_KEYBOARD_INPUT_TEXT" | "ADB_KEYBOARD_SET_TEXT":
            text = _decoded(intent.extras.get("text"))
            if text is None:
                return Result(0, "bad base-64")
            if intent.action == "ADB_KEYBOARD_SET_TEXT" and not await _clear(device):
                return Result(0, _NO_FIELD)
            return Result(_OK, "success") if await _insert(device, text) else Result(0, _NO_FIELD)
        case "ADB_KEYBOARD_CLEAR_TEXT":
            return Result(_OK, "success") if await _clear(device) else Result(0, _NO_FIELD)
        case "ADB_KEYBOARD_SMART_ENTER" | "ADB_KEYBOARD_EDITOR_CODE":
            await press_key(device, "ENTER")
            return Result(_OK, "success")
        case "ADB_KEYBOARD_INPUT_KEYCODE":
            await press_key(device, key_name(str(intent.extras.get("code", ""))))
            return Result(_OK, "success")
        case "ADB_KEYBOARD_HIDE":
            return Result(_OK, "success")
        case _:
            return _UNHEARD


async def _adb_keyboard(device: Device, intent: Intent) -> None:
    """Handle ADBKeyBoard's broadcasts, which report no result. Source: its README."""
    extras = intent.extras
    match intent.action:
        case "ADB_INPUT_TEXT" if isinstance(extras.get("msg"), str):
            await _insert(device, extras["msg"])
        case "ADB_INPUT_B64":
            text = _decoded(extras.get("msg"))
            if text is not None:
                await _insert(device, text)
        case "ADB_INPUT_CHARS" if isinstance(extras.get("chars"), list):
            numbers = [int(word) for word in extras["chars"] if word.strip().isdecimal()]
            await _insert(device, "".join(chr(number) for number in numbers if number <= 0x10FFFF))
        case "ADB_INPUT_CODE":
            await press_key(device, key_name(str(extras.get("code", ""))))
        case "ADB_EDITOR_CODE":
            await press_key(device, "ENTER")
        case "ADB_CLEAR_TEXT":
            await _clear(device)
        case _:
            return


async def _insert(device: Device, text: str) -> bool:
    """Commit a text into the focused field; return whether there is one."""
    if await device.ask("text => phone.insertText(text)", text):
        return True
    # In a cross-origin web page, which the phone's page cannot access; the browser's keyboard can.
    if not (await device.focus()).editable:
        return False
    await device.display.insert(text)
    return True


async def _clear(device: Device) -> bool:
    """Clear the focused field; return whether there is one."""
    if await device.ask("() => phone.clearText()"):
        return True
    if not (await device.focus()).editable:
        return False
    await device.display.press("Control+a")
    await device.display.press("Delete")
    return True


def _decoded(value: object) -> str | None:
    """Decode base-64 text; None if it is invalid."""
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
