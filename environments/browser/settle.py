"""Waiting until a page has settled after an action.

`rest.js`, which runs in every document, counts changes and knows what is due; this module adds the tabs, the requests
and the limit.
"""

import asyncio
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING

from handeye.environments.browser.files import Files
from handeye.environments.browser.glance import GLANCE, Glance
from handeye.environments.browser.painter import hurried
from handeye.environments.browser.tabs import BrowserTab, Tabs
from handeye.environments.settle import Settle

if TYPE_CHECKING:
    from playwright.async_api import Frame

BROWSER_SETTLE = Settle(grace=0.0, quiet=2 / 60)
"""Two frames without a change, and nothing due: a page's pending work is known."""

_REST = f"""async given => {{
  const wait = await document[Symbol.for('handeye.rest')]?.rest(...given) ?? 0;
  return [wait, wait ? null : ({GLANCE})()];
}}"""
_STATE = "elapsed => document[Symbol.for('handeye.rest')]?.state(elapsed) ?? [0, 0]"
_FRAMES_PER_SECOND = 60
_MAX_FRAMES = 20
"""A page with more frames is mostly advertisements; those beyond this number are not waited for."""
_RETRY = 0.02
"""Seconds until a document that was just replaced is asked again."""


@cache
def rest_script() -> str:
    """Return what runs in every document before the page's own scripts, possibly more than once."""
    return resources("handeye.environments.browser").joinpath("rest.js").read_text("utf-8")


async def settled(tabs: Tabs, files: Files, settle: Settle, began: float, *, scrolls: bool = False) -> Glance | None:
    """Wait as `settle` says; return what the shown tab says of itself then, None if it has not settled or has frames.

    Settled: no download is running, no tab is opening, the shown tab has loaded and has no request in flight that was
    sent since the action began, nothing in its documents has changed for `settle.quiet` seconds of painted frames, and
    no timer or animation that the action started is due soon. While a file chooser is open, nothing is due. `began` is
    the loop's time when the action began. `scrolls` says that it may have begun to scroll.
    """

    def at_rest() -> bool:
        return tabs.at_rest() and files.saving == 0

    loop = asyncio.get_running_loop()
    deadline = loop.time() + max(settle.limit, settle.grace)
    frames = round(settle.quiet * _FRAMES_PER_SECOND)
    await asyncio.sleep(settle.grace)
    while tabs.all and (left := deadline - loop.time()) > 0:
        if not await tabs.pulse.until(at_rest, left):
            return None
        tab = tabs.active
        wait, seen = await _rest(tab, (frames, (loop.time() - began) * 1000, scrolls), deadline - loop.time())
        if tab is tabs.active and at_rest() and (wait == 0 or files.asked):
            return seen
        await asyncio.sleep(min(_RETRY if wait is None else wait, max(deadline - loop.time(), 0)))
    return None


async def _rest(tab: BrowserTab, given: tuple[int, float, bool], seconds: float) -> tuple[float | None, Glance | None]:
    """Return 0 and a glance if the tab is at rest, else the seconds after which to ask again.

    None for the seconds if it could not be asked, and for the glance if the page has frames.

    `given` is what the script's function takes: frames, milliseconds since the action began, whether it may scroll.
    Frames are counted in the main document: those of a page may be out of sight, where none are painted, and a sandbox
    may let no script run.
    """
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(max(seconds, 0)):
            await tab.page.wait_for_load_state("load", timeout=0)
            main = tab.page.main_frame
            inner = [document for document in tab.page.frames[:_MAX_FRAMES] if document is not main]
            before = await asyncio.gather(*(_state(document, given[1]) for document in inner))
            with hurried(tab.page):
                wait, seen = await main.evaluate(_REST, given)
            after = await asyncio.gather(*(_state(document, given[1]) for document in inner))
            if [changes for changes, _ in before] != [changes for changes, _ in after]:
                return max(wait, 1.0) / 1000, None
            wait = max(wait, *(due for _, due in after), 0.0)
            return wait / 1000, Glance(*seen) if wait == 0 and not inner else None
    except (TimeoutError, Error):
        return None, None  # the document was replaced, or the page is closed or busy


async def _state(document: "Frame", elapsed: float) -> tuple[float, float]:
    """Return how many changes there were in a frame's document, and the milliseconds until something is due.

    The action began `elapsed` milliseconds ago.
    """
    from playwright.async_api import Error

    try:
        changes, due = await document.evaluate(_STATE, elapsed)
    except Error:
        if document.is_detached():
            return 0.0, 0.0
        raise
    return float(changes), float(due)
