"""The pointer's arrival. What is under it then may be moved away for a moment by the page, and be missed by a click.

An icon whose hover style names another picture is empty until that one is loaded. A person sees it flicker, and clicks
when it is back.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.async_api import JSHandle, Page

REST_SECONDS: Final = 0.3
"""How long what lay under the pointer is waited for. Something else may have come to stay, such as a menu."""
_POLL_SECONDS: Final = 0.01

_UNDER: Final = "([x, y]) => document.elementFromPoint(x, y)"
_IS_UNDER: Final = """([element, x, y]) =>
  !element?.isConnected || element.contains(document.elementFromPoint(x, y))"""


async def move_onto(page: "Page", at: tuple[float, float]) -> None:
    """Move the pointer to a point in CSS px, and rest until what lay there lies there again.

    Only the page's own document is asked, not those of its frames.
    """
    element = await _under(page, at)
    await page.mouse.move(*at)
    if element is not None:
        await _rest(page, element, at)


async def _under(page: "Page", at: tuple[float, float]) -> "JSHandle | None":
    """Return what lies at the point; None if the page is busy, or on its way to another one."""
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(REST_SECONDS):
            return await page.evaluate_handle(_UNDER, at)
    except (Error, TimeoutError):
        return None


async def _rest(page: "Page", element: "JSHandle", at: tuple[float, float]) -> None:
    from playwright.async_api import Error

    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(REST_SECONDS):
            while not await page.evaluate(_IS_UNDER, [element, *at]):
                await asyncio.sleep(_POLL_SECONDS)
            await element.dispose()
