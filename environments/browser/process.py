"""The browser's processes: Playwright's driver and Chromium, from their start to their end."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from handeye.environments.browser.launch import launch, launch_profile, new_context, require_browser, start_playwright
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.errors import BrowserFailed

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, CDPSession, Playwright

_CLOSE_SECONDS = 5.0


class BrowserProcess:
    """Starts Chromium when a context is requested, keeps it for later ones, and leaves nothing behind."""

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None
        self._session: CDPSession | None = None

    @property
    def browser(self) -> "Browser":
        """The running browser."""
        if self._browser is None:
            raise BrowserFailed("the browser is not running")
        return self._browser

    @property
    def session(self) -> "CDPSession":
        """A CDP session of the browser that reports its targets."""
        if self._session is None:
            raise BrowserFailed("the browser is not running")
        return self._session

    async def fresh_context(self) -> "BrowserContext":
        """Close the current context and open a new one that shares only the profile with it."""
        if self._options.profile is not None or not await self._close_context():
            await self.stop()
        if self._playwright is None:
            await self._start()
        if self._context is None:
            self._context = await new_context(self.browser, self._options)
        return self._context

    async def stop(self) -> None:
        """End all processes. Stopping twice is harmless."""
        context, self._context = self._context, None
        browser, self._browser, self._session = self._browser, None, None
        playwright, self._playwright = self._playwright, None
        if context is not None:
            await _ended(context.close())
        if browser is not None:
            await _ended(browser.close())
        if playwright is not None:
            # Its driver kills what is left of the browser and removes the profile that it created.
            await _ended(playwright.stop())

    async def _start(self) -> None:
        executable = require_browser(self._options)
        self._playwright = await start_playwright()
        try:
            if self._options.profile is None:
                self._browser = await launch(self._playwright, executable, self._options)
            else:
                self._context = await launch_profile(self._playwright, executable, self._options.profile, self._options)
                self._browser = self._context.browser
            self._session = await self.browser.new_browser_cdp_session()
            await self._session.send("Target.setDiscoverTargets", {"discover": True})
        except BaseException:
            await self.stop()
            raise

    async def _close_context(self) -> bool:
        """Close the context, if there is one; return whether the browser can be used for another."""
        context, self._context = self._context, None
        if self._browser is None or not self._browser.is_connected():
            return False
        return context is None or await _ended(context.close())


async def _ended(closing: Awaitable[None]) -> bool:
    """Wait until it has closed; return whether it did so in time and without an error."""
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await closing
    except (TimeoutError, Error):
        return False
    return True
