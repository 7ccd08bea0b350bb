"""Screenshots of a page, in device pixels."""

import io
import math
import struct
from typing import TYPE_CHECKING, Literal

from PIL import Image

from handeye.actions.geometry import Box, Size
from handeye.environments.browser_watch import LOSS_SIGNS
from handeye.environments.errors import EnvironmentLost

if TYPE_CHECKING:
    from playwright.async_api import Page

_TIMEOUTS = (2.0, 4.0, 8.0)
"""Seconds for each try. A screenshot taken while a navigation commits can hang for ever, and the next one succeeds."""

LONGEST_CAPTURE = sum(_TIMEOUTS) + 2.0
"""Seconds after which `capture` has returned or raised."""


async def capture(page: "Page", region: Box, patience: float, scale: Literal["css", "device"] = "device") -> bytes:
    """Return a PNG of a region (CSS px) of the viewport, in device or in CSS pixels.

    No try takes longer than `patience` seconds. Raises `EnvironmentLost` if the page paints nothing; a page that was
    closed or has crashed raises Playwright's error.
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
                scale=scale,
            )
        except Error as error:
            if any(sign in error.message for sign in LOSS_SIGNS):
                raise
            problem = error.message.splitlines()[0]
    raise EnvironmentLost(f"the page does not paint any more ({problem}): reset() starts afresh")


async def capture_with_popup(page: "Page", viewport: Size, region: Box, factor: float, patience: float) -> bytes:
    """Return what `capture` does of a page on which a popup of the browser's own is open.

    For a part of the viewport, and for pixels other than CSS pixels, Chromium paints the page anew: without such
    popups, and closing them. So all of it is captured in CSS pixels, and then cut and enlarged.
    """
    whole = await capture(page, Box(0, 0, viewport.width, viewport.height), patience, "css")
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(whole)) as image:
        # Rounded as Chromium rounds the size of a screenshot.
        size = Size(math.floor(region.size.width * factor + 0.5), math.floor(region.size.height * factor + 0.5))
        image.crop(region).resize(size, Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def png_size(png: bytes) -> Size:
    """Return the size that the header of a PNG names."""
    return Size(*struct.unpack(">II", png[16:24]))
