"""Pictures that fail now and then."""

from collections.abc import Mapping

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

_EVERY = 3


class PictureFlaky(Quirk):
    """One picture of three fails, while the screen changes for example; the next one is fine."""

    name = "flaky-picture"
    does = "one `screencap` of three fails with `Status: -22`; the next one works"
    reports = ("Maestro#2981",)

    def __init__(self) -> None:
        self._taken = 0

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap`."""
        return {"screencap": self._screencap}

    async def _screencap(self, call: Call, usual: Command) -> int:
        self._taken += 1
        if self._taken % _EVERY:
            return await usual(call)
        await call.complain("Failed to take screenshot. Status: -22\n")
        return 1
