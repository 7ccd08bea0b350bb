"""The pointer's arrival. What is under it then may be moved away for a moment by the page, and be missed by a click.

An icon whose hover style names another picture is empty until that one is loaded. A person sees it flicker, and clicks
when it is back.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from handeye.environments.browser.painter import hurried
from handeye.environments.browser.picker import OPEN_PICKER, open_picker

if TYPE_CHECKING:
    from playwright.async_api import Page

REST_SECONDS: Final = 0.3
"""How long what lay under the pointer is waited for. Something else may have come to stay, such as a menu."""
_POLL_SECONDS: Final = 0.01

# The document keeps the element: for a handle of one, Playwright would send each document a script of 300 kB.
_UNDER: Final = f"""([x, y]) => {{
  const value = {{x, y, element: document.elementFromPoint(x, y)}};
  Object.defineProperty(document, Symbol.for('handeye.under'), {{value, configurable: true}});
  return ({OPEN_PICKER})();
}}"""
_IS_UNDER: Final = """([x, y]) => {
  const under = document[Symbol.for('handeye.under')];
  if (under?.x !== x || under.y !== y || !under.element?.isConnected) return true;
  return under.element.contains(document.elementFromPoint(x, y));
}"""


async def look_under(page: "Page", at: tuple[float, float]) -> str | None:
    """Have the document remember what lies at a point in CSS px; return the kind of the popup that is open.

    Only the page's own document remembers, not those of its frames.
    """
    if len(page.frames) == 1:
        return await _remember(page, at)
    kind, _ = await asyncio.gather(open_picker(page), _remember(page, at))
    return kind


async def move_onto(page: "Page", at: tuple[float, float]) -> None:
    """Move the pointer to the point, and rest until what is remembered to lie there lies there again."""
    with hurried(page):
        await page.mouse.move(*at)
    await _rest(page, at)


async def _remember(page: "Page", at: tuple[float, float]) -> str | None:
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(REST_SECONDS):
            kind = await page.evaluate(_UNDER, at)
    except (Error, TimeoutError):  # it is busy, or on its way to another document
        return None
    return None if kind is None else str(kind)


async def _rest(page: "Page", at: tuple[float, float]) -> None:
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            while not await page.evaluate(_IS_UNDER, at):
                await asyncio.sleep(_POLL_SECONDS)
