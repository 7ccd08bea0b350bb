"""A phone that may be seen but not touched."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command, JavaError


class InputDenied(Quirk):
    """Xiaomi, Oppo and Vivo let adb touch the screen only once a second switch of the developer options is on."""

    name = "input-denied"
    does = "`input` is refused: the shell lacks the permission INJECT_EVENTS"
    reports = ("scrcpy#4352", "STFService.apk#144", "ADBKeyBoard#78")

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": _denied}


class InputKilled(Quirk):
    """A phone that is short of memory ends the program before it has done anything."""

    name = "input-killed"
    does = "`input` is killed before it does anything, with status 137"
    reports = ("frameworks/native lmkd, Killed",)

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": _killed}


async def _killed(call: Call, usual: Command) -> int:
    if call.words[:1] in ((), ("help",)):
        return await usual(call)
    await call.complain("Killed\n")
    return 137


async def _denied(call: Call, usual: Command) -> int:
    if call.words[:1] in ((), ("help",)):
        return await usual(call)
    raise JavaError(
        "java.lang.SecurityException",
        "Injecting input events requires the caller (or the source of the instrumentation, if any) to have the "
        "INJECT_EVENTS permission.",
        "com.android.server.input.InputManagerService.injectInputEventToTarget(InputManagerService.java:900)",
    )
