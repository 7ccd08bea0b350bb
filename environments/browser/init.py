"""Running a script of ours in every document of a browser context, before the page's own."""

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Frame, Page


async def run_in_every_document(context: "BrowserContext", script: str) -> None:
    """Run the script in all documents that open from now on. It may be run in a document more than once.

    A window that a page opens goes from its first, empty document to one of the same origin without being cleared, and
    Chromium then runs no script in the new one: there it is run as soon as that is known.
    """

    async def run(frame: "Frame") -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the document has gone already
            await frame.evaluate(script)

    async def follow(page: "Page") -> None:
        if await page.opener() is None:
            return
        page.on("framenavigated", run)
        for frame in page.frames:
            await run(frame)

    await context.add_init_script(script)
    context.on("page", follow)
