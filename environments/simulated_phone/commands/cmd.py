"""`cmd`, which passes commands to system services, and `monkey`."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from handeye.environments.simulated_phone.commands.am import open_intent
from handeye.environments.simulated_phone.intent import Intent
from handeye.environments.simulated_phone.shell.call import Call, Command, CommandFailed

_LAUNCHER = "android.intent.category.LAUNCHER"
_PROGRAMS: Final = {
    "activity": "am",
    "input": "input",
    "input_method": "ime",
    "package": "pm",
    "settings": "settings",
    "window": "wm",
}
"""The services that have a program of their own."""


async def cmd(call: Call) -> int:
    """Pass a command to a service: `cmd package list packages` is `pm list packages`."""
    words = call.words
    if not words:
        raise CommandFailed("cmd: No service specified; use -l to list all running services", 20)
    if words[0] == "-l":
        names = "activity clipboard connectivity input input_method package settings statusbar uimode window"
        await call.print("Currently running services:\n" + "".join(f"  {name}\n" for name in names.split()))
        return 0
    if words[0] == "-w":
        words = words[1:]  # wait for the service; all are there
    if not words:
        raise CommandFailed("cmd: No service specified; use -l to list all running services", 20)
    service, rest = words[0], words[1:]
    if service == "clipboard":
        # Android 14 has the service, but it accepts no shell commands.
        raise CommandFailed("No shell command implementation.", 0)
    command = call.find(_PROGRAMS[service]) if service in _PROGRAMS else _OWN.get(service)
    if command is None:
        raise CommandFailed(f"cmd: Can't find service: {service}", 20)
    return await command(replace(call, name=service, words=rest))


async def _statusbar(call: Call) -> int:
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


async def _notification(call: Call) -> int:
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


async def _uimode(call: Call) -> int:
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


async def _connectivity(call: Call) -> int:
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


_OWN: Final[Mapping[str, Command]] = {
    "connectivity": _connectivity,
    "notification": _notification,
    "statusbar": _statusbar,
    "uimode": _uimode,
}


async def monkey(call: Call) -> int:
    """Start an app like its icon, which is what `monkey -p PACKAGE 1` is used for. No random events are injected."""
    words = list(call.words)
    package = words[words.index("-p") + 1] if "-p" in words[:-1] else None
    count = words[-1] if words and words[-1].isdecimal() else None
    if count is None:
        raise CommandFailed("** Error: Count not a number", 1)
    arguments = "".join(f'  arg: "{word}"\n' for word in words)
    await call.complain(f"args: [{', '.join(words)}]\n{arguments}")
    if package is None:
        raise CommandFailed("** this phone's monkey wants a package: -p PACKAGE", 1)
    intent = Intent(action="android.intent.action.MAIN", categories=[_LAUNCHER], package=package)
    if await open_intent(call.device, intent) is None:
        await call.complain("** No activities found to run, monkey aborted.\n")
        return 252
    await call.print(
        f"Events injected: {count}\n## Network stats: elapsed time=20ms (0ms mobile, 0ms wifi, 20ms not connected)\n"
    )
    return 0
