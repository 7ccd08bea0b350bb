"""A window manager that does not answer."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command


class WindowTimeout(Quirk):
    """A phone under load whose dump of windows ends by a timeout."""

    name = "window-timeout"
    does = "`dumpsys window` says nothing but `DUMP TIMEOUT`, on its standard error, with status 0"
    reports = ("agent-device#1270", "frameworks/native dumpsys, DUMP TIMEOUT")

    def changes(self) -> Mapping[str, Change]:
        """Change `dumpsys window`."""
        return {"dumpsys": _expired}


async def _expired(call: Call, usual: Command) -> int:
    if call.words[:1] != ("window",):
        return await usual(call)
    await call.complain("*** SERVICE 'window' DUMP TIMEOUT (10000ms) EXPIRED ***\n")
    return 0
