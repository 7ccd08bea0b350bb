"""Opening addresses and going back."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from handeye.environments.browser.watch import LOSS_SIGNS
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets, is_redacted

if TYPE_CHECKING:
    from playwright.async_api import CDPSession, Page

_INTERRUPTED = "is interrupted by another navigation"
_BETWEEN_PAGES = "Not attached to an active page"
"""What Chromium says of a tab at the moment when another page of its history takes the place of the shown one."""
_POLL = 0.02
_TRIES = 3
_BLANK = "about:blank"
_LONGEST_QUOTE = 80


def require_allowed(url: str, allow_files: bool, secrets: Secrets) -> None:
    """Raise `ActionRejected` unless the address is one that a policy may open."""
    if is_redacted(url, secrets.names):
        raise ActionRejected("the address has the name of a secret where the secret was, so it cannot be opened again")
    scheme = urlsplit(url).scheme.lower()
    if scheme in {"http", "https"} or url == _BLANK or (scheme == "file" and allow_files):
        return
    raise ActionRejected(f"only http and https addresses can be opened, not {secrets.quote(url, _LONGEST_QUOTE)}")


async def open_address(page: "Page", url: str, seconds: float) -> str | None:
    """Navigate until the document begins to arrive; return what went wrong, or None.

    An address that turns out to be a download is not a failure.
    """
    from playwright.async_api import Error, TimeoutError

    for _ in range(_TRIES):
        try:
            await page.goto(url, wait_until="commit", timeout=seconds * 1000)
            return None
        except TimeoutError:
            return f"{url} did not answer within {seconds:g} s"
        except Error as error:
            if any(sign in error.message for sign in LOSS_SIGNS):
                raise
            if "Download is starting" in error.message:
                return None
            if _INTERRUPTED not in error.message:
                return f"{url} could not be opened: {_reason(error.message)}"
    return f"{url} could not be opened: the page keeps navigating elsewhere"


async def go_back(page: "Page", seconds: float) -> str | None:
    """Go back one page; return what went wrong. Raises `ActionRejected` if there is nothing to go back to."""
    current, entries = await _history(page, seconds)
    if current == 0 or (current == 1 and entries[0]["url"] == _BLANK):
        raise ActionRejected("there is no page to go back to in this tab")
    going = page.go_back(wait_until="commit", timeout=seconds * 1000)
    return await _loaded(going, "going back", "the previous page", seconds)


async def go_forward(page: "Page", seconds: float) -> str | None:
    """Go forward one page; return what went wrong. Raises `ActionRejected` if there is nothing to go forward to."""
    current, entries = await _history(page, seconds)
    if current + 1 >= len(entries):
        raise ActionRejected("there is no page to go forward to in this tab")
    going = page.go_forward(wait_until="commit", timeout=seconds * 1000)
    return await _loaded(going, "going forward", "the next page", seconds)


async def reload(page: "Page", seconds: float) -> str | None:
    """Load the page again; return what went wrong."""
    return await _loaded(page.reload(wait_until="commit", timeout=seconds * 1000), "reloading", "the page", seconds)


async def forget_history(page: "Page", session: "CDPSession", seconds: float) -> None:
    """Forget the pages that the tab has shown before, so that there is none to go back to. `session` is one with it."""
    from playwright.async_api import Error

    try:
        await session.send("Page.resetNavigationHistory")
    except Error:  # the page has moved to another process
        await _ask(page, "Page.resetNavigationHistory", seconds)


async def _history(page: "Page", seconds: float) -> tuple[int, Sequence[dict[str, Any]]]:
    """Return the position in the tab's history, and its entries."""
    history = await _ask(page, "Page.getNavigationHistory", seconds)
    return history["currentIndex"], history["entries"]


async def _ask(page: "Page", method: str, seconds: float) -> dict[str, Any]:
    """Send a command to the tab, again if it was between two pages."""
    from playwright.async_api import Error

    deadline = time.monotonic() + seconds
    while True:
        session = await page.context.new_cdp_session(page)
        try:
            return await session.send(method)
        except Error as error:
            if _BETWEEN_PAGES not in error.message or time.monotonic() > deadline:
                raise
        finally:
            with suppress(Error):
                await session.detach()
        await asyncio.sleep(_POLL)


async def _loaded(going: Awaitable[object], what: str, page: str, seconds: float) -> str | None:
    """Wait for a navigation; return what went wrong."""
    from playwright.async_api import Error, TimeoutError

    try:
        await going
    except TimeoutError:
        return f"{page} did not answer within {seconds:g} s"
    except Error as error:
        if any(sign in error.message for sign in LOSS_SIGNS):
            raise
        return f"{what} failed: {_reason(error.message)}"
    return None


def _reason(message: str) -> str:
    """Return the cause from Playwright's message: `Page.goto: net::ERR_X at http://…` is `ERR_X`."""
    line = message.splitlines()[0].partition(": ")[2] or message.splitlines()[0]
    return line.partition(" at ")[0].removeprefix("net::")
