"""A browser at work, on its own loop: acted on, waited for, looked at, and known to be lost when it is."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Action, Wait, WaitUntilStable
from handeye.environments.browser_actions import NAVIGATION_SECONDS, TAB_ACTIONS, Performer, Seen, duration
from handeye.environments.browser_dialog_picture import dialog_picture
from handeye.environments.browser_dialogs import OpenDialog
from handeye.environments.browser_files import Files
from handeye.environments.browser_navigation import open_address
from handeye.environments.browser_options import BrowserOptions
from handeye.environments.browser_picker import open_picker, picker_hint
from handeye.environments.browser_process import BrowserProcess
from handeye.environments.browser_screen import Screen
from handeye.environments.browser_screenshot import LONGEST_CAPTURE, capture, png_size
from handeye.environments.browser_settle import settled
from handeye.environments.browser_tabs import BrowserTab, Tabs
from handeye.environments.browser_watch import LOSS_SIGNS, DialogOpened, TabClosed, Watch
from handeye.environments.errors import EnvironmentLost, NavigationFailed, ScriptFailed
from handeye.environments.observation import Observation, Tab
from handeye.environments.pulse import Pulse

if TYPE_CHECKING:
    from playwright.async_api import Page

_LOOKS = 5
"""How often a look is begun anew because dialogs open and tabs close meanwhile."""
_LOOK_SECONDS = LONGEST_CAPTURE + 5.0
_PICTURE_SECONDS = 15.0
_STABLE_SECONDS = 0.5
"""How far apart two equal screenshots must be for the screen to count as stable."""
_BLANK = "about:blank"


class BrowserSession:
    """One browser context and all that is known about it. Every method runs on the owner thread's loop, one at a time.

    What `BrowserEnvironment` promises of its methods of the same names is kept here.
    """

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._process = BrowserProcess(options)
        self._watch = Watch()
        self._watch.lose("no browser has been started")
        self._notices: list[str] = []
        self._seen: Seen | None = None
        self._changing_tab = False

    async def reset(self) -> Observation:
        """Open a fresh context and the first page."""
        if self._watch.lost:
            await self._process.stop()
        await self._open()
        await self._go(self._options.url)
        return await self.observe()

    async def goto(self, url: str) -> None:
        """Open an address in the shown tab and wait until it has settled."""
        self._watch.require_alive()
        self._tabs.forget()
        await self._go(url)

    async def evaluate(self, expression: str, argument: object) -> object:
        """Evaluate JavaScript in the shown tab."""
        from playwright.async_api import Error

        self._watch.require_alive()
        page = self._tabs.active.page

        async def evaluated() -> object:
            try:
                return await page.evaluate(expression, argument)
            except Error as error:
                if any(sign in error.message for sign in LOSS_SIGNS):
                    raise
                raise ScriptFailed(error.message.removeprefix("Page.evaluate: ").splitlines()[0]) from None

        return await self._watch.attempt(evaluated(), NAVIGATION_SECONDS)

    async def observe(self) -> Observation:
        """Look at the shown tab, or at the dialog that is open."""
        self._watch.require_alive()
        for _ in range(_LOOKS):
            dialog = self._watch.dialogs.current
            with suppress(DialogOpened, TabClosed):
                if dialog is not None:
                    return await self._look_at_dialog(dialog)
                if not self._tabs.all:
                    await self._watch.attempt(self._open_blank(), self._options.patience)
                return await self._watch.attempt(self._look(self._tabs.active), _LOOK_SECONDS)
        self._watch.lose("the page keeps opening dialogs and closing tabs")
        raise EnvironmentLost("the page keeps opening dialogs and closing tabs: reset() starts afresh")

    async def execute(self, action: Action) -> Observation:
        """Carry out the action, let the page settle, and look."""
        self._watch.require_alive()
        dialog = self._watch.dialogs.current
        patience = self._options.patience
        self._changing_tab = action.type in TAB_ACTIONS
        self._tabs.forget()
        with suppress(DialogOpened, TabClosed):
            if dialog is not None:
                await self._answer(dialog, action)
            elif self._files.asked:
                await self._watch.attempt(self._files.choose(action), patience, keep=True)
            else:
                work = self._performer.perform(action, self._seen)
                waits = isinstance(action, Wait | WaitUntilStable)  # a dialog is what was waited for, then
                await self._watch.attempt(work, patience + duration(action), keep=not waits)
            await self._settle()
            if isinstance(action, WaitUntilStable):
                await self._watch.attempt(self._until_stable(action.seconds), action.seconds + _LOOK_SECONDS)
        return await self.observe()

    async def close(self) -> None:
        """End the browser."""
        self._watch.lose("the environment is closed")
        await self._process.stop()

    async def _open(self) -> None:
        self._watch = watch = Watch()
        self._notices = []
        self._seen = None
        context = await self._process.fresh_context()
        browser = self._process.browser
        browser.on("disconnected", lambda _: watch.lose("the browser is gone"))
        context.on("dialog", watch.dialogs.add)
        pulse = Pulse()
        self._files = Files(self._options.downloads, self._options.uploads, self._notices.append, pulse)
        self._tabs = Tabs(pulse, self._follow)
        self._performer = Performer(self._options, context, self._tabs, self._notices.append)
        self._context = context
        await watch.attempt(self._tabs.watch(context, self._process.session), NAVIGATION_SECONDS)

    def _follow(self, page: "Page") -> None:
        watch = self._watch
        page.on("crash", lambda _: watch.lose("the page has crashed"))
        self._files.follow(page)

    async def _open_blank(self) -> None:
        await self._context.new_page()
        self._notices.append("The last tab has closed itself; an empty one was opened.")

    async def _go(self, url: str) -> None:
        with suppress(DialogOpened, TabClosed):
            if url != _BLANK or self._tabs.active.page.url != _BLANK:
                opening = open_address(self._tabs.active.page, url, NAVIGATION_SECONDS)
                problem = await self._watch.attempt(opening, NAVIGATION_SECONDS + self._options.patience, keep=True)
                if problem is not None:
                    raise NavigationFailed(problem)
            await self._settle()

    async def _settle(self) -> None:
        limit = self._options.settle.limit + self._options.settle.grace
        await self._watch.attempt(settled(self._tabs, self._files, self._options.settle), limit + 1.0)

    async def _until_stable(self, seconds: float) -> None:
        """Wait until two screenshots are equal."""
        try:
            async with asyncio.timeout(seconds):
                tab = self._tabs.active
                before = await capture(tab.page, self._region(tab.page))
                while True:
                    await asyncio.sleep(_STABLE_SECONDS)
                    after = await capture(tab.page, self._region(tab.page))
                    if after == before:
                        return
                    before = after
        except TimeoutError:
            self._notices.append(f"The screen was still changing after {seconds:g} s.")

    async def _answer(self, dialog: OpenDialog, action: Action) -> None:
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(self._options.patience):
                answered = await dialog.answer(action, self._options.secrets)
        except TimeoutError:
            self._watch.lose("the dialog does not close")
            self._watch.require_alive()
        except Error:
            answered = True  # it went away by itself
        if answered:
            self._watch.dialogs.remove(dialog)
            await self._watch.resume()

    async def _look(self, tab: BrowserTab) -> Observation:
        page = tab.page
        await self._tabs.bring_to_front()
        region = self._region(page)
        screenshot = await capture(page, region)
        captured = time.time()
        kind = await open_picker(page)
        tabs = await self._tabs.listing()
        self._tell_of_tab(tab)
        if self._files.asked:
            self._notices.append(self._files.chooser_notice())
        if kind is not None:
            self._notices.append(f"A {kind} popup is open, which the mouse does not reach. {picker_hint(kind)}")
        screen = Screen(png_size(screenshot), region, self._options.device_scale_factor)
        self._seen = Seen(tab, screen, screenshot)
        return self._observation(screenshot, screen, tabs, captured)

    async def _look_at_dialog(self, dialog: OpenDialog) -> Observation:
        from playwright.async_api import Error

        tab = self._tabs.of(dialog.page) if dialog.page is not None else None
        if tab is not None and tab is not self._tabs.active:
            self._tabs.show(tab)
        region = self._region(self._tabs.active.page)
        behind = self._seen.screenshot if self._seen is not None and self._seen.tab is self._tabs.active else None
        redact, factor = self._options.secrets.redact, self._options.device_scale_factor
        try:
            async with asyncio.timeout(_PICTURE_SECONDS):
                picture = await dialog_picture(
                    self._process.browser,
                    dialog,
                    redact(dialog.text),
                    redact(dialog.draft),
                    behind,
                    region.size,
                    factor,
                )
        except (TimeoutError, Error):
            await asyncio.sleep(0)
            self._watch.lose("the browser does not paint any more")
            self._watch.require_alive()
            raise
        self._notices.append(dialog.notice())
        screen = Screen(png_size(picture), region, factor)
        return self._observation(picture, screen, self._tabs.cached_listing(), time.time())

    def _tell_of_tab(self, tab: BrowserTab) -> None:
        """Tell the policy when another tab is shown than before, unless it asked for that."""
        before = self._seen.tab if self._seen is not None else tab
        if before is not tab and not self._changing_tab:
            closed = before not in self._tabs.all
            what = "The tab that was shown has closed" if closed else "The page has opened a new tab"
            self._notices.append(f"{what}; tab {self._tabs.all.index(tab)} is shown now.")

    def _region(self, page: "Page") -> Box:
        """Return what is looked at of a page, in CSS px: the clip, where it fits into the page's viewport."""
        given = page.viewport_size
        viewport = self._options.viewport if given is None else Size(given["width"], given["height"])
        clip = self._options.clip
        if clip is not None and clip.right <= viewport.width and clip.bottom <= viewport.height:
            return clip
        return Box(0, 0, viewport.width, viewport.height)

    def _observation(self, screenshot: bytes, screen: Screen, tabs: tuple[Tab, ...], captured: float) -> Observation:
        """Return the observation and forget the notices that it tells. No secret is in it as text."""
        redact = self._options.secrets.redact
        notices = tuple(redact(notice) for notice in self._notices)
        self._notices.clear()
        shown = tuple(tab._replace(title=redact(tab.title), url=redact(tab.url)) for tab in tabs)
        active = next(tab for tab in shown if tab.active)
        return Observation(
            screenshot=screenshot,
            size=screen.size,
            time=captured,
            url=active.url,
            title=active.title,
            tabs=shown,
            notices=notices,
            transforms=(screen.transform,),
        )
