"""The pointer's arrival. What is under it then may be moved away for a moment by the page, and be missed by a click.

An icon whose hover style names another picture is empty until that one is loaded. A person sees it flicker, and clicks
when it is back.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from handeye.environments.browser.painter import hurried

if TYPE_CHECKING:
    from playwright.async_api import Page

REST_SECONDS: Final = 0.3
"""How long what lay under the pointer is waited for. Something else may have come to stay, such as a menu."""
_POLL_SECONDS: Final = 0.01

# The document keeps the element: for a handle of one, Playwright would send each document a script of 300 kB.
_UNDER: Final = """([x, y]) => {
  const value = document.elementFromPoint(x, y);
  Object.defineProperty(document, Symbol.for('handeye.under'), {value, configurable: true});
}"""
_IS_UNDER: Final = """([x, y]) => {
  const element = document[Symbol.for('handeye.under')];
  return !element?.isConnected || element.contains(document.elementFromPoint(x, y));
}"""


async def move_onto(page: "Page", at: tuple[float, float]) -> None:
    """Move the pointer to a point in CSS px, and rest until what lay there lies there again.

    Only the page's own document is asked, not those of its frames.
    """
    known = await _remember(page, at)
    with hurried(page):
        await page.mouse.move(*at)
    if known:
        await _rest(page, at)


async def _remember(page: "Page", at: tuple[float, float]) -> bool:
    """Have the document remember what lies at the point; return False if it is busy, or on its way to another one."""
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(REST_SECONDS):
            await page.evaluate(_UNDER, at)
    except (Error, TimeoutError):
        return False
    return True


async def _rest(page: "Page", at: tuple[float, float]) -> None:
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            while not await page.evaluate(_IS_UNDER, at):
                await asyncio.sleep(_POLL_SECONDS)
