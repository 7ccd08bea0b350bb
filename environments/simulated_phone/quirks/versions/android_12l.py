"""Android 12L."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.dumps.power import by_function
from handeye.environments.simulated_phone.quirks.dumps.window import change_windows
from handeye.environments.simulated_phone.quirks.quirk import Change
from handeye.environments.simulated_phone.quirks.versions.version import Version, with_named_insets
from handeye.environments.simulated_phone.shell.call import Call, Command

_WINDOWS = change_windows(with_named_insets)["dumpsys"]


class Android12L(Version):
    """The wakefulness is named by the function that returns it."""

    name = "android-12l"
    does = "Android 12L: `dumpsys power` says `getWakefulnessLocked()=Awake`, the keyboard is `ITYPE_IME`"
    reports = ("appium-adb, lib/tools/lockmgmt.ts",)
    release = "12"
    sdk = 32

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys`."""
        return {"dumpsys": _dumpsys}


async def _dumpsys(call: Call, usual: Command) -> int:
    return await (_WINDOWS if call.words[:1] == ("window",) else by_function)(call, usual)
