"""The open tabs, which of them is shown, and what each of them is loading."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from handeye.environments.browser.navigation import forget_history
from handeye.environments.browser.screenshot import Camera
from handeye.environments.browser.watch import TabClosed
from handeye.environments.observation import Tab
from handeye.environments.pulse import Pulse

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page, Request

_ENDLESS = frozenset({"eventsource", "websocket", "media", "ping"})
"""Kinds of requests that say nothing about whether a page has loaded."""
_TITLE_SECONDS = 1.0
_FRONT_SECONDS = 2.0
_EMPTY_SECONDS = 0.3
"""How long after its request has failed a tab is reported that is closed because it is a download."""
_ABORTED = "net::ERR_ABORTED"
"""Why a request fails whose answer is no document: a download, or a status such as 204."""


class BrowserTab:
    """One tab."""

    def __init__(self, page: "Page", pulse: Pulse) -> None:
        self.page = page
        self.camera = Camera(page)
        self.title = ""
        """As it was last read."""
        self._loading: set[Request] = set()
        self._pulse = pulse
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    @property
    def loading(self) -> bool:
        """Whether a request is in flight that was sent since `forget`."""
        return bool(self._loading)

    def forget(self) -> None:
        """Stop waiting for what is being loaded now; a page may keep a request open indefinitely."""
        self._loading.clear()

    async def forget_history(self, seconds: float) -> None:
        """Forget the pages that it has shown before, so that there is none to go back to."""
        await forget_history(self.page, await self.camera.session(), seconds)

    async def read_title(self) -> None:
        """Read the title; a page that does not answer keeps its last one."""
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(_TITLE_SECONDS):
                self.title = await self.page.title()
        except (TimeoutError, Error):
            return

    def _begin(self, request: "Request") -> None:
        if request.resource_type not in _ENDLESS:
            self._loading.add(request)

    def _end(self, request: "Request") -> None:
        self._loading.discard(request)
        self._pulse.beat()


async def _close(page: "Page") -> None:
    from playwright.async_api import Error

    with suppress(Error):  # it has closed by itself
        await page.close()


class Tabs:
    """The tabs of one browser context. One that opens is shown; when the shown one closes, the one before it is."""

    def __init__(self, pulse: Pulse, opened: Callable[["Page"], None], notice: Callable[[str], None]) -> None:
        """`pulse` beats whenever something happens here; `opened` is called with each page that opens.

        `notice` receives a message when a tab opens that has no document.
        """
        self.pulse = pulse
        self.all: list[BrowserTab] = []
        """In the order in which they opened; actions name tabs by index."""
        self._shown: list[BrowserTab] = []
        """The same tabs, the one that was shown last at the end."""
        self._front: BrowserTab | None = None
        self._opened = opened
        self._notice = notice
        self._closing: set[asyncio.Task[None]] = set()
        self._context_id: str | None = None
        self._opening: set[str] = set()
        self._arrived = 0

    async def watch(self, context: "BrowserContext", browser: "CDPSession") -> None:
        """Add the tabs of the context, open one if there is none, and follow all that open later.

        `browser` is a session of the browser that reports its targets. It reports a tab that is about to open earlier
        than Playwright, which waits for the first page in it.
        """
        context.on("page", self._add)
        context.on("requestfailed", self._failed)
        for page in context.pages:
            self._add(page)
        if not self.all:
            await context.new_page()
        own = await context.new_cdp_session(self.active.page)
        self._context_id = (await own.send("Target.getTargetInfo"))["targetInfo"]["browserContextId"]
        await own.detach()
        browser.on("Target.targetCreated", self._target_created)
        browser.on("Target.targetDestroyed", self._target_destroyed)
        self.forget()

    def unwatch(self, browser: "CDPSession") -> None:
        """Stop listening to the session that was given to `watch`."""
        browser.remove_listener("Target.targetCreated", self._target_created)
        browser.remove_listener("Target.targetDestroyed", self._target_destroyed)

    @property
    def active(self) -> BrowserTab:
        """The tab that is shown; raise `TabClosed` when the last one has closed itself, or the browser has ended."""
        if not self._shown:
            raise TabClosed
        return self._shown[-1]

    def forget(self) -> None:
        """Stop waiting for what is opening and loading now: an action begins."""
        self._opening.clear()
        self._arrived = 0
        for tab in self.all:
            tab.forget()

    def at_rest(self) -> bool:
        """Return whether no tab is about to open and the shown one is loading nothing."""
        return bool(self.all) and not self.opening and not self.active.loading

    @property
    def opening(self) -> bool:
        """Whether a tab has been opened since `forget` that has no document yet."""
        return len(self._opening) > self._arrived

    def show(self, tab: BrowserTab) -> None:
        """Make this the shown tab."""
        self._shown.remove(tab)
        self._shown.append(tab)

    def of(self, page: "Page") -> BrowserTab | None:
        """Return the tab of this page; None if it has closed."""
        return next((tab for tab in self.all if tab.page is page), None)

    async def bring_to_front(self) -> BrowserTab:
        """Have the browser itself bring the shown tab to the front, and return it."""
        tab = self.active
        if tab is not self._front:
            async with asyncio.timeout(_FRONT_SECONDS):
                await tab.page.bring_to_front()
            self._front = tab
        return tab

    async def read_titles(self, title: str | None) -> None:
        """Read the newest titles; `title` is the shown tab's, None if it keeps its last one."""
        if title is not None:
            self.active.title = title
        await asyncio.gather(*(tab.read_title() for tab in self.all if tab is not self.active))

    def listing(self) -> tuple[Tab, ...]:
        """Return the tabs with the titles that were read last, asking no page."""
        active = self.active
        return tuple(Tab(tab.title, tab.page.url, tab is active) for tab in self.all)

    def _add(self, page: "Page") -> None:
        if page.url == "":
            # What it was opened for is a download. It will never paint, and a browser with a window closes it.
            self._arrived += 1
            task = asyncio.ensure_future(_close(page))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._opened(page)
            self.pulse.beat()
            return
        tab = BrowserTab(page, self.pulse)
        self.all.append(tab)
        self._shown.append(tab)
        self._arrived += 1
        page.on("close", lambda _: self._remove(tab))
        self._opened(page)
        self.pulse.beat()

    def _remove(self, tab: BrowserTab) -> None:
        self.all.remove(tab)
        self._shown.remove(tab)
        self.pulse.beat()

    def _failed(self, request: "Request") -> None:
        """Note that a tab will not open: Playwright reports a tab with the first document in it, and there is none."""
        if not request.is_navigation_request() or not self.opening:
            return
        from playwright.async_api import Error

        try:
            known = request.frame.page in [tab.page for tab in self.all]
        except Error:  # its tab is not known yet
            known = False
        if not known and request.failure == _ABORTED:
            task = asyncio.ensure_future(self._without_document(len(self._opening)))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _without_document(self, opening: int) -> None:
        """Report a tab that sends no document, unless it turns out to be a download."""
        if await self.pulse.until(lambda: not self.opening or len(self._opening) != opening, _EMPTY_SECONDS):
            return
        self._arrived += 1
        self._notice("A tab was opened for an address that has sent no page, so no other tab is shown.")
        self.pulse.beat()

    def _target_created(self, event: "dict[str, Any]") -> None:
        target = event["targetInfo"]
        ours = target["type"] == "page" and target.get("browserContextId") == self._context_id
        if ours and "subtype" not in target:  # prerendered pages have one
            self._opening.add(target["targetId"])

    def _target_destroyed(self, event: "dict[str, Any]") -> None:
        self._opening.discard(event["targetId"])
        self.pulse.beat()
