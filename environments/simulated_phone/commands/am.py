"""`am`: starting and stopping apps, and broadcasts."""

import time

from handeye.environments.simulated_phone.commands.broadcast import receive
from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.dumps.activity import tasks
from handeye.environments.simulated_phone.focus import App, Focus
from handeye.environments.simulated_phone.intent import Intent, full_component, read_intent
from handeye.environments.simulated_phone.shell.call import Arguments, Call, CommandFailed, JavaError

_FROM_SHELL = 0x400000
_MAIN = "android.intent.action.MAIN"
_HOME = "android.intent.category.HOME"
_LAUNCHER = "com.android.launcher3"
_PROTECTED = frozenset(
    f"android.intent.action.{name}"
    for name in "AIRPLANE_MODE BOOT_COMPLETED BATTERY_LOW SCREEN_ON SCREEN_OFF TIME_SET LOCALE_CHANGED".split()
)


async def am(call: Call) -> int:
    """Carry out one `am` command."""
    words = Arguments(call.words)
    match words.next():
        case "start" | "start-activity":
            return await _start(call, read_intent(words))
        case "broadcast":
            return await _broadcast(call, read_intent(words))
        case "force-stop" | "kill" | "stop-app":
            return await _stop(call, words)
        case "stack" if words.rest[:1] in (("list",), ("info",)):
            await call.print(await tasks(call.device))
            return 0
        case ("stack" | "task") as verb if words.rest[:1] in (("remove",), ("lock",)):
            return await _task(call, verb, words)
        case "kill-all" | "set-debug-app" | "clear-debug-app" | "wait-for-broadcast-idle" | "idle-maintenance":
            return 0
        case "get-current-user":
            await call.print("0\n")
            return 0
        case "get-started-user-state":
            await call.print("RUNNING_UNLOCKED\n")
            return 0
        case "startservice" | "start-service" | "start-foreground-service" | "startforegroundservice":
            await call.print(f"Starting service: {read_intent(words)}\n")
            raise CommandFailed("Error: Not found; no service started.", 255)
        case "instrument":
            raise CommandFailed(
                f"INSTRUMENTATION_FAILED: {call.words[-1]}: this phone runs the apps of its screen only"
            )
        case None | "help" | "-h":
            await call.print("Activity manager (activity) commands:\n  start, force-stop, kill, broadcast\n")
            return 0
        case verb:
            await call.complain(f"Unknown command: {verb}\n")
            return 255


async def _start(call: Call, intent: Intent) -> int:
    device = call.device
    if "-S" in intent.options and intent.component is not None:
        await device.ask("name => phone.stop(name)", full_component(intent.component)[0])
    await call.print(f"Starting: {intent}\n")
    # With -W everything goes to the standard output, as waiting scripts expect.
    say = call.print if "-W" in intent.options else call.complain
    before, began = await device.focus(), time.monotonic()
    opened = await open_intent(device, intent)
    if opened is None:
        if intent.component is None:
            await say(f"Error: Activity not started, unable to resolve {intent}\n")
        else:
            package, name = full_component(intent.component)
            await say(f"Error type 3\nError: Activity class {{{package}/{name}}} does not exist.\n")
        return 1
    if opened.package == before.package:
        await say("Warning: Activity not started, its current task has been brought to the front\n")
    if "-W" in intent.options:
        took = round((time.monotonic() - began) * 1000)
        state = "HOT" if opened.package == before.package else "COLD"
        await call.print(f"Status: ok\nLaunchState: {state}\nActivity: {opened.component}\n")
        await call.print(f"TotalTime: {took}\nWaitTime: {took + 1}\nComplete\n")
    return 0


async def open_intent(device: Device, intent: Intent) -> App | Focus | None:
    """Bring the app that handles the intent to the front, and return it; None if there is none."""
    if intent.action == _MAIN and _HOME in intent.categories:
        await device.ask("() => phone.home()")
        return await device.focus()
    package, activity = intent.package, ""
    if intent.component is not None:
        package, activity = full_component(intent.component)
        if package == _LAUNCHER:
            await device.ask("() => phone.home()")
            return await device.focus()
    app = None if package is None else await device.app(package)
    if package is not None and (app is None or not app.activity or (activity and activity != app.activity)):
        return None
    if package is None and intent.action in (None, _MAIN):
        return None
    given = {
        "activity": activity or None,
        "action": intent.action,
        "data": intent.data,
        "type": intent.kind,
        "extras": intent.extras,
    }
    opened = await device.ask(
        "([name, intent]) => phone.open(name, intent)", [package, {k: v for k, v in given.items() if v is not None}]
    )
    if not opened:
        return None
    return app or await device.focus()


async def _broadcast(call: Call, intent: Intent) -> int:
    intent.flags |= _FROM_SHELL
    await call.print(f"Broadcasting: {intent}\n")
    if intent.action in _PROTECTED:
        raise JavaError(
            "java.lang.SecurityException",
            f"Permission Denial: not allowed to send broadcast {intent.action} from pid=4321, uid=2000",
            "com.android.server.am.ActivityManagerService.broadcastIntentLocked(ActivityManagerService.java:14430)",
        )
    result = await receive(call.device, intent)
    data = "" if result.data is None else f', data="{result.data}"'
    await call.print(f"Broadcast completed: result={result.code}{data}\n")
    return 0


async def _task(call: Call, verb: str, words: Arguments) -> int:
    """`am stack remove TASK` ends the app of a task; locking one has no effect here."""
    if words.next() == "lock":
        return 0
    number = words.required()
    for app in await call.device.apps():
        if str(call.device.task(app.package)) == number:
            await call.device.ask("name => phone.stop(name)", app.package)
            return 0
    raise JavaError("java.lang.IllegalArgumentException", f"No {verb} with id {number}")


async def _stop(call: Call, words: Arguments) -> int:
    while (option := words.option()) is not None:
        if option == "--user":
            words.required()
    package = words.required()
    if package == _LAUNCHER:
        await call.device.ask("() => phone.home()")
    else:
        await call.device.ask("name => phone.stop(name)", package)
    return 0
