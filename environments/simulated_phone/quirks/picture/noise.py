"""Lines before the picture."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_DRIVER = "Failed to create //.cache for shader cache (Read-only file system)---disabling.\n"


class PictureNoise(Quirk):
    """The graphics driver of containers and of some systems writes to the standard output, before the picture."""

    name = "noisy-picture"
    does = "`screencap` writes a line of the graphics driver before the picture, on the standard output"
    reports = ("AzurLaneAutoScript#4760 (waydroid)", "MuMu")

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": _chatty}


async def _chatty(call: Call, usual: Command) -> int:
    await call.print(_DRIVER)
    return await usual(call)
