"""`cmd`, which passes commands to system services, and `monkey`."""

from dataclasses import replace
from typing import Final

from handeye.environments.simulated_phone.commands.am import open_intent
from handeye.environments.simulated_phone.commands.services import SERVICES
from handeye.environments.simulated_phone.intent import Intent
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

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
        names = sorted((*_PROGRAMS, *SERVICES, "clipboard"))
        await call.print("Currently running services:\n" + "".join(f"  {name}\n" for name in names))
        return 0
    if words[0] == "-w":
        words = words[1:]  # wait for the service; all are there
    if not words:
        raise CommandFailed("cmd: No service specified; use -l to list all running services", 20)
    service, rest = words[0], words[1:]
    if service == "clipboard":
        # Android 14 has the service, but it accepts no shell commands.
        raise CommandFailed("No shell command implementation.", 0)
    command = call.find(_PROGRAMS[service]) if service in _PROGRAMS else SERVICES.get(service)
    if command is None:
        raise CommandFailed(f"cmd: Can't find service: {service}", 20)
    return await command(replace(call, name=service, words=rest))


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
