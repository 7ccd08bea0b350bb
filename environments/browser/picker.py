"""Popups of the browser's own that the mouse does not reach."""

import asyncio
from typing import TYPE_CHECKING

from handeye.environments.browser.scripts import OPEN_PICKER

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

_SECONDS = 1.0
_MAX_FRAMES = 20


async def open_picker(page: "Page") -> str | None:
    """Return the kind of the popup that is open (select, date, color, …), None if there is none."""
    try:
        async with asyncio.timeout(_SECONDS):
            kinds = await asyncio.gather(*(_kind(frame) for frame in page.frames[:_MAX_FRAMES]))
    except TimeoutError:
        return None
    return next((kind for kind in kinds if kind is not None), None)


def picker_hint(kind: str) -> str:
    """Say how to use the popup."""
    match kind:
        case "color":
            return "Press tab to reach its number fields, type the colour, and press enter; esc closes it."
        case "select":
            return "Press up and down to choose and enter to take the choice; esc closes it."
        case _:
            return "Press the arrow keys and enter to choose, or esc to close it and type the digits into the field."


async def _kind(frame: "Frame") -> str | None:
    from playwright.async_api import Error

    try:
        kind = await frame.evaluate(OPEN_PICKER)
    except Error:
        return None
    return None if kind is None else str(kind)
