"""What a person does with a browser's tabs, addresses and dialogs: outside the pages, where no script sees it."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from handeye.actions.schema import Action, CloseTab, InvalidAction, NewTab, Press, Type, load
from handeye.environments.recording.events import Did, HandEvent

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Frame, Page, Request

_EFFECT_SECONDS = 1.0
"""Seconds within which a change after an event in a page is its effect, not the person's own action."""
_NOT_YET = "Not attached to an active page"
"""Chromium's error while one page replaces another."""
_TRIES, _TRY_SECONDS = 10, 0.05
_OWN = frozenset({"typed", "address_bar", "generated", "keyword", "auto_bookmark"})
"""The kinds of navigations that a person requests in the browser, by Chromium's names."""


class RecordedTabs:
    """Watches the tabs of a context and reports what the person does with them."""

    def __init__(self, context: "BrowserContext", tell: Callable[[HandEvent], None]) -> None:
        self.dialog_is_open = False
        self._context = context
        self._tell = tell
        self._shown: list[Page] = []
        self._heard = 0.0
        self._answered: list[Press] = []
        self._all: list[_Tab] = []
        self._gone = False

    @property
    def ended(self) -> bool:
        """Whether all tabs, or the browser itself, are closed."""
        return self._gone

    @property
    def front(self) -> "Page":
        """The tab that the person sees."""
        return self._shown[-1]

    @property
    def pages(self) -> "list[Page]":
        """The open tabs, in the order in which they opened: actions use their indices."""
        return [tab.page for tab in self._all]

    async def watch(self) -> None:
        """Start watching the tabs."""
        for page in self._context.pages:
            await self._follow(page)
        self._context.on("page", self._opened)
        self._context.on("close", self._closed)

    def heard(self, moment: float) -> None:
        """Note that something was done in a page that may have an effect."""
        self._heard = moment

    def show(self, page: "Page") -> int:
        """Note that the person sees this tab; return its index."""
        self._shown.remove(page)
        self._shown.append(page)
        return self.pages.index(page)

    def answered_dialogs(self) -> list[Press]:
        """Return a press for each newly answered dialog."""
        answered, self._answered = self._answered, []
        return answered

    def _is_effect(self, moment: float) -> bool:
        return moment - self._heard < _EFFECT_SECONDS

    def _closed(self, _: "BrowserContext") -> None:
        self._gone = True

    async def _opened(self, page: "Page") -> None:
        moment = time.time()
        own = not self._is_effect(moment) and await page.opener() is None
        await self._follow(page)
        if own:
            self._tell(Did(moment, NewTab()))

    async def _follow(self, page: "Page") -> None:
        tab = _Tab(page, await self._context.new_cdp_session(page), self)
        self._all.append(tab)
        self._shown.append(page)
        page.on("close", lambda _: self._leave(tab))
        await tab.watch()

    def _leave(self, tab: "_Tab") -> None:
        index, moment = self._all.index(tab), time.time()
        self._all.remove(tab)
        self._shown.remove(tab.page)
        self._gone = self._gone or not self._shown  # permanently, whatever opens later
        if self._shown and not self._is_effect(moment):
            self._tell(Did(moment, CloseTab(index=index)))

    def navigated(self, moment: float, action: dict[str, str], effect: bool) -> None:
        """Report an address that the person opened, unless it is the effect of an event in a page."""
        if effect and self._is_effect(moment):
            return
        try:
            self._tell(Did(moment, load(action)))
        except InvalidAction:
            return  # one of the browser's own pages, which actions cannot open

    def answered(self, kind: str, event: dict[str, Any]) -> None:
        """Report how the person answered a dialog."""
        self.dialog_is_open = False
        action: Action = Press(keys=("enter",) if event["result"] else ("esc",))
        if kind == "prompt" and event["result"] and event["userInput"]:
            action = Type(text=event["userInput"], submit=True)
        self._answered.append(Press(keys=("enter",)))
        self._heard = time.time()
        self._tell(Did(self._heard, action))


class _Tab:
    """One tab, with what Chromium reports about it."""

    def __init__(self, page: "Page", session: "CDPSession", tabs: RecordedTabs) -> None:
        self.page = page
        self._session = session
        self._tabs = tabs
        self._requested: float | None = None
        self._by_page = False
        self._place = (0, 0)
        self._known = frozenset[int]()
        self._kind = ""
        self._reading = asyncio.Lock()

    async def watch(self) -> None:
        self._place = (await self._history())[0]
        self.page.on("request", self._request)
        self.page.on("framenavigated", self._navigated)
        self._session.on("Page.frameRequestedNavigation", self._page_asks)
        self._session.on("Page.javascriptDialogOpening", self._dialog)
        self._session.on("Page.javascriptDialogClosed", lambda event: self._tabs.answered(self._kind, event))
        await self._session.send("Page.enable")

    def _request(self, request: "Request") -> None:
        if request.is_navigation_request() and request.frame is self.page.main_frame:
            self._requested = time.time()

    def _page_asks(self, _: dict[str, Any]) -> None:
        self._by_page = True

    def _dialog(self, event: dict[str, Any]) -> None:
        self._kind = event["type"]
        self._tabs.dialog_is_open = True

    async def _navigated(self, frame: "Frame") -> None:
        from playwright.async_api import Error

        if frame is not self.page.main_frame:
            return
        requested, by_page = self._requested, self._by_page
        self._requested, self._by_page = None, False
        try:
            async with self._reading:
                before, known = self._place, self._known
                self._place, entry = await self._history()
        except Error:
            return  # the tab is closed
        if by_page:
            return
        moment = time.time() if requested is None else requested
        (index, identity), address = self._place, {"type": "navigate", "url": entry["url"]}
        if index == before[0] - 1:
            self._tabs.navigated(moment, {"type": "back"}, effect=True)
        elif identity not in known and entry["transitionType"] in _OWN:
            self._tabs.navigated(moment, address, effect=False)
        elif identity in known and (identity != before[1] or requested is not None):
            self._tabs.navigated(moment, address, effect=True)  # further back, forward, or loaded again

    async def _history(self) -> tuple[tuple[int, int], dict[str, Any]]:
        """Return the position in the tab's history, as its index and the entry's id, and the entry."""
        from playwright.async_api import Error

        for _ in range(_TRIES - 1):
            try:
                history = await self._session.send("Page.getNavigationHistory")
                break
            except Error as error:
                if _NOT_YET not in error.message:
                    raise
                await asyncio.sleep(_TRY_SECONDS)
        else:
            history = await self._session.send("Page.getNavigationHistory")
        index = history["currentIndex"]
        entry = history["entries"][index]
        self._known = frozenset(entry["id"] for entry in history["entries"])
        return (index, entry["id"]), entry
