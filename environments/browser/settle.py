"""Waiting until a page has settled after an action."""

import asyncio
from typing import TYPE_CHECKING

from handeye.environments.browser.files import Files
from handeye.environments.browser.scripts import REST
from handeye.environments.browser.tabs import BrowserTab, Tabs
from handeye.environments.settle import Settle

if TYPE_CHECKING:
    from playwright.async_api import Frame

_MAX_FRAMES = 20
"""A page with more frames is mostly advertisements; those beyond are not waited for."""
_RETRY = 0.02
"""Seconds until a document that was just replaced is asked again."""


async def settled(tabs: Tabs, files: Files, settle: Settle) -> bool:
    """Wait as `settle` says; return whether everything was at rest before its limit.

    At rest: no download is running, no tab is opening, the shown tab has loaded, has no request in flight that was
    sent since the action began, and nothing in its documents has changed, scrolled or is about to finish moving.
    """

    def at_rest() -> bool:
        return tabs.at_rest() and files.saving == 0

    loop = asyncio.get_running_loop()
    deadline = loop.time() + max(settle.limit, settle.grace)
    await asyncio.sleep(settle.grace)
    while tabs.all and (left := deadline - loop.time()) > 0:
        if not await tabs.pulse.until(at_rest, left):
            return False
        tab = tabs.active
        rest = await _rest(tab, settle.quiet, deadline - loop.time())
        if rest is not None and rest <= 0 and tab is tabs.active and at_rest():
            return True
        await asyncio.sleep(min(_RETRY if rest is None else rest, max(deadline - loop.time(), 0)))
    return not tabs.all


async def _rest(tab: BrowserTab, quiet: float, seconds: float) -> float | None:
    """Return in how many seconds the tab will have been quiet for so long; None if it could not be asked."""
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(max(seconds, 0)):
            await tab.page.wait_for_load_state("load", timeout=0)
            frames = tab.page.frames[:_MAX_FRAMES]
            return max(await asyncio.gather(*(_frame_rest(frame, quiet) for frame in frames)), default=0.0)
    except (TimeoutError, Error):
        return None  # the document was replaced, or the page is closed or busy


async def _frame_rest(frame: "Frame", quiet: float) -> float:
    from playwright.async_api import Error

    try:
        return float(await frame.evaluate(REST, quiet * 1000)) / 1000
    except Error:
        if frame.is_detached():
            return 0.0
        raise
