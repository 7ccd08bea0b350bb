"""Frames on demand: a page is painted as often as is asked for while it is waited for, not 60 times a second.

Most of the time of an action is spent waiting for frames: the pointer arrives with one, rest is judged by two, and a
screenshot takes two more. Chromium's headless shell can leave the frames of a page, and of those that this one opens,
to its client. All other pages are painted by Chromium itself, as always.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from handeye.environments.browser.options import DISPLAY_RATE
from handeye.environments.browser.watch import TabClosed

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

ARGUMENTS: Final = ("--run-all-compositor-stages-before-draw", "--disable-threaded-animation")
"""What Chromium is started with. A frame is then whole: it has all that the page has done before it. It would wait
forever for colours and clips that are animated outside of the page's own thread."""

DISABLED: Final = ("RenderDocument",)
"""What is disabled in Chromium: a new frame for each document, which costs a third of the time of loading one."""

_RETRY: Final = 0.005
_NOT_ASKED: Final = ("is only supported", "wasn't found")
"""What Chromium says of a page that it paints itself; what says it of every page is not the headless shell."""


async def open_painted(context: "BrowserContext", browser: "CDPSession") -> "Page":
    """Open a page in the newest context whose frames are left to a `Painter`; `browser` is a session of its browser."""
    identifier = (await browser.send("Target.getBrowserContexts"))["browserContextIds"][-1]
    target = {"url": "about:blank", "browserContextId": identifier, "enableBeginFrameControl": True}
    async with context.expect_page() as opened:
        await browser.send("Target.createTarget", target)
    return await opened.value


_PAINTERS: "Final[dict[Page, Painter]]" = {}
"""Who paints which page."""


@contextmanager
def hurried(page: "Page") -> Iterator[None]:
    """Have the page painted as fast as its painter may, while a frame of it is waited for in the block."""
    painter = _PAINTERS.get(page)
    if painter is None:
        yield
        return
    painter.hurry()
    try:
        yield
    finally:
        painter.rest()


class Painter:
    """Paints the page that is shown: `rate` frames a second at most while it is hurried, 60 otherwise, as a display.

    One page at a time: pages that have opened each other share a window, for which Chromium takes one frame at a time.
    """

    def __init__(self, shown: "Callable[[], Page]", rate: int) -> None:
        """Paint until `stop` is called. `shown` returns the page, or raises `TabClosed` while there is none."""
        self._shown = shown
        self._rate = rate
        self._hurried = asyncio.Event()
        self._waiting = 0
        self._unpainted = WeakSet["Page"]()
        """Pages that Chromium paints itself."""
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Stop painting."""
        self._task.cancel()

    def hurry(self) -> None:
        """Paint as fast as allowed until as many calls of `rest` have followed."""
        self._waiting += 1
        self._hurried.set()

    def rest(self) -> None:
        """End what a call of `hurry` has begun."""
        self._waiting -= 1
        if not self._waiting:
            self._hurried.clear()

    async def _run(self) -> None:
        while True:
            page = None
            with suppress(TabClosed):
                page = self._shown()
            if page is not None and page not in self._unpainted and not page.is_closed():
                _PAINTERS[page] = self
                try:
                    await self._paint(page)
                finally:
                    del _PAINTERS[page]
            await asyncio.sleep(_RETRY)

    async def _paint(self, page: "Page") -> None:
        """Paint the page while it is the one that is shown."""
        from playwright.async_api import Error

        loop, session = asyncio.get_running_loop(), None
        try:
            session = await page.context.new_cdp_session(page)
            while self._shown() is page:
                began = loop.time()
                await session.send("HeadlessExperimental.beginFrame")
                await self._wait(began)
        except TabClosed:
            return
        except Error as error:  # or it has crashed, or is between two documents, or a frame of another is pending
            if any(sign in error.message for sign in _NOT_ASKED):
                self._unpainted.add(page)
        finally:
            if session is not None:
                with suppress(Error):
                    await session.detach()

    async def _wait(self, began: float) -> None:
        """Wait until the next frame is due."""
        loop = asyncio.get_running_loop()
        if self._hurried.is_set():
            await asyncio.sleep(max(began + 1 / self._rate - loop.time(), 0))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(max(began + 1 / DISPLAY_RATE - loop.time(), 0)):
                await self._hurried.wait()
