"""The services behind `cmd`, and the list of all: small switches that a person has in the quick settings."""

from collections.abc import Mapping
from typing import Final

from handeye.environments.simulated_phone.shell.call import Call, Command, CommandFailed

_CLASSES: Final = {
    "activity": "android.app.IActivityManager",
    "alarm": "android.app.IAlarmManager",
    "input": "android.hardware.input.IInputManager",
    "input_method": "com.android.internal.view.IInputMethodManager",
    "notification": "android.app.INotificationManager",
    "package": "android.content.pm.IPackageManager",
    "power": "android.os.IPowerManager",
    "settings": "",
    "statusbar": "com.android.internal.statusbar.IStatusBarService",
    "window": "android.view.IWindowManager",
}


async def statusbar(call: Call) -> int:
    """`cmd statusbar expand-notifications`."""
    scripts = {
        "expand-notifications": "() => phone.notifications()",
        "expand-settings": "() => phone.quickSettings()",
        "collapse": "() => phone.collapse()",
    }
    verb = call.words[0] if call.words else "help"
    if verb == "help":
        await call.print("Status bar commands:\n  expand-notifications\n  expand-settings\n  collapse\n")
        return 0
    if verb not in scripts:
        await call.print(f"Unknown command: {verb}\n")
        return 255
    await call.device.ask(scripts[verb])
    return 0


async def notification(call: Call) -> int:
    """`cmd notification post [-t TITLE] TAG TEXT`."""
    words = list(call.words)
    if words[:1] != ["post"]:
        raise CommandFailed(f"Unknown command: {' '.join(words[:1])}", 255)
    words = words[1:]
    title = ""
    while words and words[0].startswith("-"):
        option, value = words[0], words[1] if len(words) > 1 else ""
        title = value if option in ("-t", "--title") else title
        words = words[2:]
    if len(words) < 2:
        raise CommandFailed("Argument expected: a tag and a text", 255)
    await call.print("posting:\n  Notification(channel=shell_cmd)\n")
    await call.device.ask(
        "note => phone.notify(note)", {"title": title or words[0], "text": words[1], "package": "com.android.shell"}
    )
    return 0


async def uimode(call: Call) -> int:
    """`cmd uimode night [yes|no|auto]`."""
    values = {"no": "1", "yes": "2", "auto": "0"}
    match call.words:
        case ["night"]:
            pass
        case ["night", ("yes" | "no" | "auto") as value]:
            await call.device.put_setting("secure", "ui_night_mode", values[value])
        case _:
            raise CommandFailed("UiModeManager service (uimode) commands:\n  night [yes|no|auto]", 255)
    now = await call.device.setting("secure", "ui_night_mode")
    name = next((name for name, value in values.items() if value == now), "auto")
    await call.print(f"Night mode: {name}\n")
    return 0


async def connectivity(call: Call) -> int:
    """`cmd connectivity airplane-mode [enable|disable]`."""
    match call.words:
        case ["airplane-mode"]:
            on = await call.device.setting("global", "airplane_mode_on") == "1"
            await call.print("enabled\n" if on else "disabled\n")
        case ["airplane-mode", ("enable" | "disable") as verb]:
            await call.device.put_setting("global", "airplane_mode_on", str(int(verb == "enable")))
        case _:
            raise CommandFailed("Connectivity service commands:\n  airplane-mode [enable|disable]", 255)
    return 0


async def wifi(call: Call) -> int:
    """`cmd wifi status`, `cmd wifi set-wifi-enabled enabled|disabled`."""
    match call.words:
        case ["status", *_]:
            on = await call.device.setting("global", "wifi_on") == "1"
            await call.print(
                f"Wifi is {'enabled' if on else 'disabled'}\nWifi scanning is only available when wifi is enabled\n"
            )
        case ["set-wifi-enabled", ("enabled" | "disabled") as state]:
            await call.device.put_setting("global", "wifi_on", str(int(state == "enabled")))
        case _:
            raise CommandFailed("Wi-Fi (wifi) commands:\n  status\n  set-wifi-enabled enabled|disabled", 255)
    return 0


async def bluetooth(call: Call) -> int:
    """`cmd bluetooth_manager enable|disable`."""
    match call.words:
        case [("enable" | "disable") as verb]:
            await call.device.put_setting("global", "bluetooth_on", str(int(verb == "enable")))
            await call.print(f"{verb}: Success\n")
        case [("wait-for-state:STATE_ON" | "wait-for-state:STATE_OFF")]:
            pass
        case _:
            raise CommandFailed("Bluetooth Manager Commands:\n  enable\n  disable", 255)
    return 0


async def telephony(call: Call) -> int:
    """`cmd phone data enable|disable`."""
    match call.words:
        case ["data", ("enable" | "disable") as verb]:
            await call.device.put_setting("global", "mobile_data", str(int(verb == "enable")))
        case _:
            raise CommandFailed("Telephony Commands:\n  data enable|disable", 255)
    return 0


async def location(call: Call) -> int:
    """`cmd location is-location-enabled`, `cmd location set-location-enabled true|false`."""
    match call.words:
        case ["is-location-enabled", *_]:
            on = await call.device.setting("secure", "location_mode") not in (None, "0")
            await call.print(f"{str(on).lower()}\n")
        case ["set-location-enabled", ("true" | "false") as value, *_]:
            await call.device.put_setting("secure", "location_mode", "3" if value == "true" else "0")
        case _:
            raise CommandFailed(
                "Location service commands:\n  is-location-enabled\n  set-location-enabled true|false", 255
            )
    return 0


async def power(call: Call) -> int:
    """`cmd power`, whose modes have no effect here."""
    if call.words[:1] in (("set-mode",), ("set-adaptive-power-saver-enabled",)):
        return 0
    raise CommandFailed("Power manager (power) commands:\n  set-mode MODE", 255)


SERVICES: Final[Mapping[str, Command]] = {
    "bluetooth_manager": bluetooth,
    "connectivity": connectivity,
    "location": location,
    "notification": notification,
    "phone": telephony,
    "power": power,
    "statusbar": statusbar,
    "uimode": uimode,
    "wifi": wifi,
}
"""By the name that `cmd` calls them."""


async def service(call: Call) -> int:
    """`service list`, `service check NAME`; a call of one answers with an empty parcel."""
    match call.words:
        case ["list"]:
            await call.print(f"Found {len(_CLASSES)} services:\n")
            await call.print("".join(f"{at}\t{name}: [{_CLASSES[name]}]\n" for at, name in enumerate(_CLASSES)))
        case ["check", name]:
            await call.print(f"Service {name}: {'found' if name in _CLASSES else 'not found'}\n")
        case ["call", name, _, *_]:
            if name not in _CLASSES:
                raise CommandFailed(f"service: Service {name} does not exist", 10)
            await call.print("Result: Parcel(00000000    '....')\n")
        case _:
            await call.print("Usage: service [-h|-?]\n       service list\n       service check SERVICE\n")
            return 10
    return 0
