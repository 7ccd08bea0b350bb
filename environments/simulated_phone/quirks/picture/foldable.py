"""A foldable: two panels, one of which is in use; `screencap` takes the inner one unless it is told which."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar, Final

from PIL import Image

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.device import DISPLAY_ID
from handeye.environments.simulated_phone.quirks.picture.pixels import asked, write_picture
from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, rewrite, with_words
from handeye.environments.simulated_phone.shell.call import Call, Command

INNER: Final = "4630946219955703955"
OUTER: Final = "4630946219955703956"
_INNER_SIZE = Size(1768, 2208)
_WARNING = (
    "[Warning] Multiple displays were found, but no display id was specified! Defaulting to the first display found, "
    "however this default is not guaranteed to be consistent across captures. A display id should be specified.\n"
    'A display ID can be specified with the [-d display-id] option.\nSee "dumpsys SurfaceFlinger --display-id" for '
    "valid display IDs.\n"
)


class _Foldable(Quirk):
    used: ClassVar[str]
    """The panel in use."""

    def changes(self) -> Mapping[str, Change]:
        """Change `screencap` and `dumpsys`."""
        return {"screencap": self._screencap, "dumpsys": self._dumpsys}

    async def _screencap(self, call: Call, usual: Command) -> int:
        wanted = asked(call.words)
        if wanted.display is None:
            await self._warn(call)
        elif wanted.display not in (INNER, OUTER):
            await call.complain(f"Display Id '{wanted.display}' is not valid.\n")
            return 1
        if (wanted.display or INNER) == self.used:
            png, path = ["-p"] if wanted.png else [], [] if wanted.path is None else [wanted.path]
            return await with_words(call, usual, *png, *path)
        return await write_picture(call, await asyncio.to_thread(Image.new, "RGB", _INNER_SIZE))

    async def _warn(self, call: Call) -> None:
        await call.complain(_WARNING)

    async def _dumpsys(self, call: Call, usual: Command) -> int:
        if call.words[:2] == ("SurfaceFlinger", "--display-id"):
            await call.print(
                f'Display {INNER} (HWC display 0): port=0 pnpId=QCM displayName=""\n'
                f'Display {OUTER} (HWC display 1): port=1 pnpId=QCM displayName=""\n'
            )
            return 0
        if call.words[:1] == ("display",):
            return await rewrite(call, usual, lambda text: text.replace(DISPLAY_ID, self.used))
        return await usual(call)


class FoldableOpen(_Foldable):
    """Unfolded: the first panel is the one in use, and a warning says that there are two."""

    name = "foldable-open"
    does = "a foldable, unfolded: `screencap` warns on its standard error that there are two displays"
    reports = ("mobile-mcp#158", "GADS#310")
    used = INNER


class FoldableWarning(FoldableOpen):
    """The same, with the warning where the picture is expected."""

    name = "foldable-warning"
    does = "a foldable, unfolded, whose `screencap` writes its warning before the picture, on the standard output"
    reports = ("Open-AutoGLM#148", "mobile-mcp#158")

    async def _warn(self, call: Call) -> None:
        await call.print(_WARNING)


class FoldableClosed(_Foldable):
    """Folded: what is in use is the outer panel, and what `screencap` takes is the dark inner one."""

    name = "foldable-closed"
    does = "a foldable, folded: `screencap` takes the dark inner display unless it is told the outer one's id"
    reports = ("Open-AutoGLM#148", "mobile-mcp#158", "appium-uiautomator2-server#531", "GADS#310")
    used = OUTER
