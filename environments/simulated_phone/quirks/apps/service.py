"""`am start` on a phone whose activity manager is gone."""

import re
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, capture
from handeye.environments.simulated_phone.shell.call import Call, Command, CommandFailed, JavaError

_START = ("start", "start-activity")


class ServiceMissing(Quirk):
    """While the system restarts, there is no activity manager."""

    name = "am-without-service"
    does = "`am start` fails: `Can't find service: activity`, with status 20"
    reports = ("frameworks/native cmd, Can't find service",)

    def changes(self) -> Mapping[str, Change]:
        """Change `am`."""
        return {"am": _missing}


class StartDenied(Quirk):
    """An app whose activity is not exported, or that the system does not let the shell start."""

    name = "start-denied"
    does = "`am start` fails with a SecurityException: the activity is not exported"
    reports = ("frameworks/base ActivityTaskSupervisor, not exported",)

    def changes(self) -> Mapping[str, Change]:
        """Change `am`."""
        return {"am": _denied}


class StartQuiet(Quirk):
    """A system that ends the command without a word."""

    name = "start-quiet"
    does = "`am start` opens nothing and says nothing, with status 1"
    reports = ("frameworks/base Am, exit status",)

    def changes(self) -> Mapping[str, Change]:
        """Change `am`."""
        return {"am": _quiet}


class StartUnnoticed(Quirk):
    """An app that never reports that it is drawn: it opens all the same."""

    name = "start-timeout"
    does = "`am start -W` opens the app and says `Status: timeout`"
    reports = ("frameworks/base ActivityManagerShellCommand, WaitResult",)

    def changes(self) -> Mapping[str, Change]:
        """Change `am`."""
        return {"am": _late}


class StartAbsent(Quirk):
    """An old activity manager that reports an error with success."""

    name = "start-status-0"
    does = "`am start` opens nothing and says `Error type 3`, with status 0"
    reports = ("frameworks/base Am, Error type 3",)

    def changes(self) -> Mapping[str, Change]:
        """Change `am`."""
        return {"am": _absent}


async def _late(call: Call, usual: Command) -> int:
    if not (call.words[:1] and call.words[0] in _START):
        return await usual(call)
    ran = await capture(call, usual)
    text = re.sub(r"Status: ok\nLaunchState: \w+\n", "Status: timeout\nLaunchState: UNKNOWN (-1)\n", ran.text)
    await call.print(re.sub(r"TotalTime: \d+\nWaitTime: \d+\n", "WaitTime: 10050\n", text))
    await call.err.write(ran.err)
    return ran.status


async def _absent(call: Call, usual: Command) -> int:
    if not (call.words[:1] and call.words[0] in _START):
        return await usual(call)
    await call.print(
        "Starting: Intent { act=android.intent.action.MAIN }\n"
        "Error type 3\nError: Activity class {com.example.a/com.example.a.B} does not exist.\n"
    )
    return 0


async def _missing(call: Call, usual: Command) -> int:
    if call.words[:1] and call.words[0] in _START:
        raise CommandFailed("cmd: Can't find service: activity", 20)
    return await usual(call)


async def _denied(call: Call, usual: Command) -> int:
    if not (call.words[:1] and call.words[0] in _START):
        return await usual(call)
    await call.print("Starting: Intent { act=android.intent.action.MAIN cat=[android.intent.category.LAUNCHER] }\n")
    raise JavaError(
        "java.lang.SecurityException",
        "Permission Denial: starting Intent { act=android.intent.action.MAIN } from null (pid=4321, uid=2000) not "
        "exported from uid 10123",
        "com.android.server.wm.ActivityTaskSupervisor.checkStartAnyActivityPermission(ActivityTaskSupervisor.java:1140)",
    )


async def _quiet(call: Call, usual: Command) -> int:
    return 1 if call.words[:1] and call.words[0] in _START else await usual(call)
