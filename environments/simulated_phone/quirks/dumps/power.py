"""Samsung's words for being awake."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, rewrite
from handeye.environments.simulated_phone.shell.call import Call, Command


class PowerWords(Quirk):
    """`dumpsys power` names the wakefulness by the function that returns it, as Android 12L does too."""

    name = "samsung-power"
    does = "`dumpsys power` says `getWakefulnessLocked()=Awake` instead of `mWakefulness=Awake`"
    reports = ("flutter devicelab, adb_test", "appium-adb, lib/tools/lockmgmt.ts")

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys power`."""
        return {"dumpsys": by_function}


async def by_function(call: Call, usual: Command) -> int:
    """Write `dumpsys power` with the function's name."""
    if call.words[:1] != ("power",):
        return await usual(call)
    return await rewrite(call, usual, lambda text: text.replace("mWakefulness=", "getWakefulnessLocked()="))
