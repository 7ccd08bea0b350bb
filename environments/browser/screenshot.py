"""Screenshots of a page, in device pixels."""

import asyncio
import base64
import io
import math
import struct
from typing import TYPE_CHECKING

from PIL import Image

from handeye.actions.geometry import Box, Size
from handeye.environments.browser.painter import hurried
from handeye.environments.browser.watch import LOSS_SIGNS
from handeye.environments.errors import EnvironmentLost

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

_TIMEOUTS = (2.0, 4.0, 8.0)
"""Seconds for each try. A screenshot taken while a navigation commits can hang forever; the next one succeeds."""

_AGAIN_SECONDS = 0.5
"""Seconds after which a tab is asked again that was between two pages of its history."""

LONGEST_CAPTURE = sum(_TIMEOUTS) + 3 * _AGAIN_SECONDS + 2.0
"""Seconds after which `capture` has returned or raised."""


class Camera:
    """Takes the screenshots of one page, over its own DevTools session.

    Playwright's `Page.screenshot` compresses each picture as if for storage; this takes half the time for the same
    pixels.
    """

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._session: CDPSession | None = None
        self._metrics: tuple[Size, float] | None = None

    async def capture(
        self, region: Box, viewport: Size, factor: float, patience: float, *, whole: bool = False
    ) -> bytes:
        """Return a PNG of a region of the viewport (both in CSS px), with `factor` pixels per CSS px.

        `whole` says that there is nothing to scroll. No try takes longer than `patience` seconds. Raises
        `EnvironmentLost` if the page does not paint; a page that was closed or has crashed raises Playwright's error.
        """
        from playwright.async_api import Error

        problem = ""
        for timeout in _TIMEOUTS:
            try:
                async with asyncio.timeout(min(timeout, patience)):
                    return await self._shoot(region, viewport, factor, whole)
            except TimeoutError:
                problem = f"no picture within {min(timeout, patience):g} s"
            except Error as error:
                if any(sign in error.message for sign in LOSS_SIGNS):
                    raise
                problem = error.message.splitlines()[0]
                await asyncio.sleep(_AGAIN_SECONDS)
            # The session may be at fault; a page that moved to another process needs a new one anyway.
            self._session = None
        raise EnvironmentLost(f"the page no longer paints ({problem}): reset() starts over")

    async def session(self) -> "CDPSession":
        """Return the session with the page; `capture` opens another one when that fails."""
        if self._session is None:
            self._session, self._metrics = await self._page.context.new_cdp_session(self._page), None
        return self._session

    async def _shoot(self, region: Box, viewport: Size, factor: float, whole: bool) -> bytes:
        session = await self.session()
        options: dict[str, object] = {"format": "png", "optimizeForSpeed": True}
        if factor != 1 or region != Box(0, 0, *viewport):
            if self._metrics != (viewport, factor):
                # Chromium paints a clip with the metrics of the requesting session, and leaves them set on the page.
                metrics = {
                    "width": viewport.width,
                    "height": viewport.height,
                    "deviceScaleFactor": factor,
                    "mobile": False,
                }
                await session.send("Emulation.setDeviceMetricsOverride", metrics)
                self._metrics = viewport, factor
            left, top = (0.0, 0.0) if whole else await self._origin(session)
            x, y = region.left + left, region.top + top
            options["clip"] = {"x": x, "y": y, "width": region.size.width, "height": region.size.height, "scale": 1}
        with hurried(self._page):
            picture = await session.send("Page.captureScreenshot", options)
        return base64.b64decode(picture["data"])

    async def _origin(self, session: "CDPSession") -> tuple[float, float]:
        """Return where the viewport begins in the coordinates of a clip, whatever the scroll position.

        They begin at the left and the top edge of what can be scrolled to. In a page that is written from right to left
        these edges are at negative positions of the document.
        """
        metrics = await session.send("Page.getLayoutMetrics")
        seen, layout = metrics["cssVisualViewport"], metrics["cssLayoutViewport"]
        return _clip_position(seen["pageX"], layout["pageX"] + seen["offsetX"]), _clip_position(
            seen["pageY"], layout["pageY"] + seen["offsetY"]
        )


def _clip_position(exact: float, whole: float) -> float:
    """Combine a position in the document, which is exact, with one from the edge, which Chromium rounds."""
    distance = whole - exact
    return exact if abs(distance) < 1 else exact + round(distance)


async def capture_with_popup(page: "Page", region: Box, factor: float, patience: float) -> bytes:
    """Return what a `Camera` would, for a page with one of the browser's own popups open.

    For a part of the viewport, or for pixels other than CSS pixels, Chromium repaints the page without such popups and
    closes them. So the whole viewport is captured in CSS pixels, then cropped and enlarged.
    """
    whole = await page.screenshot(timeout=patience * 1000, caret="initial", scale="css")
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(whole)) as image:
        # Rounded as Chromium rounds a screenshot's size.
        size = Size(math.floor(region.size.width * factor + 0.5), math.floor(region.size.height * factor + 0.5))
        image.crop(region).resize(size, Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def png_size(png: bytes) -> Size:
    """Return the size in a PNG's header."""
    return Size(*struct.unpack(">II", png[16:24]))
