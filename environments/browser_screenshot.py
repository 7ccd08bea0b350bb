"""Screenshots of a page, in device pixels."""

import struct
from typing import TYPE_CHECKING

from handeye.actions.geometry import Box, Size
from handeye.environments.browser_watch import LOSS_SIGNS
from handeye.environments.errors import EnvironmentLost

if TYPE_CHECKING:
    from playwright.async_api import Page

_TIMEOUTS = (2.0, 4.0, 8.0)
"""Seconds for each try. A screenshot taken while a navigation commits can hang for ever, and the next one succeeds."""

LONGEST_CAPTURE = sum(_TIMEOUTS) + 2.0
"""Seconds after which `capture` has returned or raised."""


async def capture(page: "Page", region: Box, patience: float) -> bytes:
    """Return a PNG of a region (CSS px) of the viewport; raise `EnvironmentLost` if the page paints nothing.

    No try takes longer than `patience` seconds. A page that was closed or has crashed raises Playwright's error.
    """
    from playwright.async_api import Error

    problem = ""
    for timeout in _TIMEOUTS:
        try:
            return await page.screenshot(
                timeout=min(timeout, patience) * 1000,
                clip={
                    "x": region.left,
                    "y": region.top,
                    "width": region.size.width,
                    "height": region.size.height,
                },
                caret="initial",
                scale="device",
            )
        except Error as error:
            if any(sign in error.message for sign in LOSS_SIGNS):
                raise
            problem = error.message.splitlines()[0]
    raise EnvironmentLost(f"the page does not paint any more ({problem}): reset() starts afresh")


def png_size(png: bytes) -> Size:
    """Return the size that the header of a PNG names."""
    return Size(*struct.unpack(">II", png[16:24]))
