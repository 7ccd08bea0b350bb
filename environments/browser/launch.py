"""Starting Chromium, and explaining in one line why it does not start."""

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handeye.environments.browser import painter, touch
from handeye.environments.browser.chromium import HOW_TO_INSTALL, require_chromium, require_playwright
from handeye.environments.browser.focus_script import FOCUS_SCRIPT
from handeye.environments.browser.options import BrowserOptions, proxy_settings
from handeye.environments.browser.picker import POPUP_SCRIPT
from handeye.environments.browser.settle import rest_script
from handeye.environments.errors import BrowserFailed

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Frame, Page, Playwright

_LAUNCH_SECONDS = 60.0
_DRIVER_LOST = "Connection closed while reading from the driver"
# A screenshot shows the scrollbars that a person sees: on a touch screen there are none.
_HIDDEN_BY_PLAYWRIGHT = ("--hide-scrollbars",)
_DISABLED_BY_PLAYWRIGHT = (
    *("AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose"),
    *("HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "MediaRouter", "NetworkTimeServiceQuerying"),
    *("OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning"),
)
"""Those of its own list that matter here: of several lists on the command line, the last one counts."""


def require_browser(options: BrowserOptions) -> Path:
    """Return the Chromium to start; raise what is missing for it: Playwright, a Chromium, or a display."""
    require_playwright()
    executable = require_chromium(options.executable, headless=options.headless)
    if not options.headless and sys.platform == "linux" and not _has_display():
        raise BrowserFailed("a browser with a window needs a display: set DISPLAY, use xvfb-run, or go headless")
    return executable


async def start_playwright() -> "Playwright":
    """Start Playwright's driver. If it dies, the failing calls say so; the loop does not report it again."""
    from playwright.async_api import async_playwright

    loop = asyncio.get_running_loop()
    report = loop.get_exception_handler() or asyncio.AbstractEventLoop.default_exception_handler

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # Playwright has a future for the loss of its driver that nothing awaits after the start.
        if _DRIVER_LOST not in str(context.get("exception", "")):
            report(loop, context)

    loop.set_exception_handler(handle)
    return await async_playwright().start()


async def launch(playwright: "Playwright", executable: Path, options: BrowserOptions) -> "Browser":
    """Start a browser without a profile; raise `BrowserFailed` if it does not start."""
    from playwright.async_api import Error

    try:
        return await playwright.chromium.launch(
            executable_path=executable,
            headless=options.headless,
            proxy=None if options.proxy is None else proxy_settings(options.proxy),
            args=arguments(touched=options.touch, painted=options.painted),
            ignore_default_args=() if options.touch else _HIDDEN_BY_PLAYWRIGHT,
            handle_sigint=False,  # Ctrl-C at the terminal is handled by us
            timeout=_LAUNCH_SECONDS * 1000,
        )
    except Error as error:
        raise BrowserFailed(_explain(executable, error.message)) from None


async def new_context(browser: "Browser", options: BrowserOptions) -> "BrowserContext":
    """Open a separate context, which shares nothing with any other."""
    context = await browser.new_context(
        viewport={"width": options.viewport.width, "height": options.viewport.height},
        device_scale_factor=options.device_scale_factor,
        user_agent=options.user_agent,
        locale=options.locale,
        timezone_id=options.timezone,
        accept_downloads=options.downloads is not None,
        has_touch=options.touch,
    )
    return await _prepared(context, options)


async def launch_profile(
    playwright: "Playwright", executable: Path, profile: Path, options: BrowserOptions
) -> "BrowserContext":
    """Start a browser on the profile in a folder, created if necessary; raise `BrowserFailed` if it does not start."""
    from playwright.async_api import Error

    try:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=executable,
            headless=options.headless,
            proxy=None if options.proxy is None else proxy_settings(options.proxy),
            viewport={"width": options.viewport.width, "height": options.viewport.height},
            device_scale_factor=options.device_scale_factor,
            user_agent=options.user_agent,
            locale=options.locale,
            timezone_id=options.timezone,
            accept_downloads=options.downloads is not None,
            has_touch=options.touch,
            args=arguments(touched=options.touch, painted=options.painted),
            ignore_default_args=() if options.touch else _HIDDEN_BY_PLAYWRIGHT,
            handle_sigint=False,
            timeout=_LAUNCH_SECONDS * 1000,
        )
    except Error as error:
        raise BrowserFailed(_explain(executable, error.message)) from None
    return await _prepared(context, options)


def arguments(*, touched: bool = False, painted: bool = False) -> Sequence[str]:
    """Return what Chromium is started with so that a finger touches it exactly, or so that it is painted on demand."""
    parts = [touch] if touched else []
    parts += [painter] if painted else []
    if not parts:
        return ()
    disabled = [*_DISABLED_BY_PLAYWRIGHT, *(feature for part in parts for feature in part.DISABLED)]
    return [*(argument for part in parts for argument in part.ARGUMENTS), f"--disable-features={','.join(disabled)}"]


async def run_in_every_document(context: "BrowserContext", script: str) -> None:
    """Run the script in all documents that open from now on. It may be run in a document more than once.

    A window that a page opens keeps its global object when its initial empty document is replaced by one of the same
    origin, and Chromium then runs no init script in the new document: there it is run as soon as that is known.
    """

    async def run(frame: "Frame") -> None:
        from playwright.async_api import Error

        with suppress(Error):  # the document is already gone
            await frame.evaluate(script)

    async def follow(page: "Page") -> None:
        if await page.opener() is None:
            return
        page.on("framenavigated", run)
        for frame in page.frames:
            await run(frame)

    await context.add_init_script(script)
    context.on("page", follow)


async def _prepared(context: "BrowserContext", options: BrowserOptions) -> "BrowserContext":
    # As in a browser with a window, a button may copy something, but no page may read what was copied.
    await context.grant_permissions(["clipboard-write"])
    await run_in_every_document(context, f"{POPUP_SCRIPT}\n{FOCUS_SCRIPT}\n{rest_script()}")
    if options.init_script:
        await context.add_init_script(options.init_script)
    return context


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _explain(executable: Path, message: str) -> str:
    """Return one line that summarises Playwright's long output."""
    if "without having a XServer" in message or "Missing X server" in message:
        return f"the display {os.environ.get('DISPLAY', '')} cannot be reached: check DISPLAY, or go headless"
    if "error while loading shared libraries" in message or "missing dependencies" in message:
        return f"{executable} lacks system libraries: {HOW_TO_INSTALL}"
    if "user data directory is already in use" in message or "ProcessSingleton" in message:
        return "the profile is in use by another browser: close it, or give another folder"
    line = next((line.strip() for line in message.splitlines() if line.strip()), "no reason given")
    return f"{executable} does not start: {line.partition(': ')[2] or line}"
