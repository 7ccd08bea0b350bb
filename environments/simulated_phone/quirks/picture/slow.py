"""Pictures that take long."""

import asyncio
from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_SECONDS = 1.5


class PictureSlow(Quirk):
    """A phone with a slow processor and a large screen."""

    name = "slow-picture"
    does = "`screencap` takes one and a half seconds longer"
    reports = ("scrcpy#112", "awesome-adb#54")

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": _slow}


async def _slow(call: Call, usual: Command) -> int:
    await asyncio.sleep(_SECONDS)
    return await usual(call)
