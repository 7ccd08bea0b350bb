"""A screen that is never idle, for uiautomator."""

import asyncio
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_SECONDS = 0.3


class ScreenBusy(Quirk):
    """An animation or a video keeps uiautomator waiting until it gives up."""

    name = "busy-screen"
    does = "`uiautomator dump` gives up: `could not get idle state`"
    reports = ("mobilewright#117", "AppAgent#39")

    def changes(self) -> Mapping[str, Change]:
        """Change `uiautomator`."""
        return {"uiautomator": _never_idle}


async def _never_idle(call: Call, usual: Command) -> int:
    await asyncio.sleep(_SECONDS)
    await call.complain("ERROR: could not get idle state.\n")
    return 0
