"""What has the focus in a page, in whichever of its frames, and calls of the script that knows it."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from handeye.environments.browser.focus_script import CALL, ELEMENT, FOCUS_SCRIPT
from handeye.environments.browser.watch import LOSS_SIGNS

if TYPE_CHECKING:
    from playwright.async_api import ElementHandle, Frame, Page

_MAX_DEPTH = 10
_MAX_FRAMES = 20
_SECONDS = 1.0

Kind = Literal["line", "area", "rich", "date", "color", "editor", "select", "control", "frame", "none"]
"""A field of one line or of several, text with formatting, a date or time, a colour; an editor that has no field; a
list; another control; a frame that cannot be asked; anything else."""


@dataclass(frozen=True, slots=True)
class Focus:
    """What has the focus."""

    frame: "Frame"
    kind: Kind
    type: str
    """The type of an input."""
    frozen: bool
    """Whether it is disabled or read-only."""
    heard: bool
    """Whether the page listens to its keys, so that it may take them itself."""
    unseen: bool
    """Whether it is a field that nobody sees, through which an editor or a sheet takes keys."""
    open: bool
    """Whether its popup is open."""
    deaf: bool
    """Whether its document runs no scripts, so that keys cannot be watched there."""
    known: int
    """Identifies the element in its document."""

    @property
    def takes_text(self) -> bool:
        """Whether it is a field."""
        return self.kind in {"line", "area", "rich", "date", "editor"}


async def find_focus(page: "Page") -> Focus:
    """Return what has the focus in the page or in one of its frames."""
    frame = page.main_frame
    for _ in range(_MAX_DEPTH):
        seen = await call(frame, "look")
        if seen is None or seen["kind"] != "frame":
            break
        element = await _focused(frame)
        inner = None if element is None else await element.content_frame()
        if inner is None:
            break
        frame = inner
    seen = seen or {"kind": "none"}
    names = ("frozen", "heard", "unseen", "open", "deaf")
    flags = {name: bool(seen.get(name, False)) for name in names}
    return Focus(frame, seen["kind"], seen.get("type", ""), known=seen.get("known", 0), **flags)


async def call(frame: "Frame", name: str, argument: object = None) -> Any:
    """Call a function of the script in a frame; return None if the document is gone.

    A document may lack it, such as one that was opened before.
    """
    from playwright.async_api import Error

    try:
        answer = await frame.evaluate(CALL, [name, argument])
        if answer is None:
            await frame.evaluate(FOCUS_SCRIPT)
            answer = await frame.evaluate(CALL, [name, argument])
        return None if answer is None else answer[0]
    except Error as error:
        if any(sign in error.message for sign in LOSS_SIGNS):
            raise
        return None


async def _focused(frame: "Frame") -> "ElementHandle | None":
    from playwright.async_api import Error

    try:
        return (await frame.evaluate_handle(ELEMENT)).as_element()
    except Error:
        return None


async def call_all(page: "Page", name: str, argument: object = None, but: "Frame | None" = None) -> list[Any]:
    """Call a function of the script in all frames of the page but one, and return what they answer in time."""
    frames = [frame for frame in page.frames[:_MAX_FRAMES] if frame is not but]

    async def answer(frame: "Frame") -> Any:
        try:
            async with asyncio.timeout(_SECONDS):
                return await call(frame, name, argument)
        except TimeoutError:
            return None

    return await asyncio.gather(*map(answer, frames))
