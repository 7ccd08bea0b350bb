"""A running browser, on its own event loop: acting, waiting, observing, and detecting its loss."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Action, Drag, Hold, Press, Scroll, Wait, WaitUntilStable
from handeye.environments.browser.actions import NAVIGATION_SECONDS, TAB_ACTIONS, Actor, Seen, duration
from handeye.environments.browser.dialog_picture import dialog_picture
from handeye.environments.browser.dialogs import Dialogs, OpenDialog
from handeye.environments.browser.elements import LONGEST_LOOK, page_elements
from handeye.environments.browser.files import Files
from handeye.environments.browser.glance import Glance, glance
from handeye.environments.browser.navigation import open_address
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.browser.painter import Painter, hurried, open_painted
from handeye.environments.browser.picker import open_picker, picker_hint
from handeye.environments.browser.screen import Screen
from handeye.environments.browser.screenshot import LONGEST_CAPTURE, capture_with_popup, png_size
from handeye.environments.browser.settle import settled
from handeye.environments.browser.tabs import BrowserTab, Tabs
from handeye.environments.browser.watch import LOSS_SIGNS, TabClosed, Watch
from handeye.environments.element import Element
from handeye.environments.elements import redacted
from handeye.environments.errors import ActionPartial, DialogOpened, NavigationFailed, ScriptFailed
from handeye.environments.observation import Observation, Tab
from handeye.environments.pulse import Pulse

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, CDPSession, Page

_LOOKS = 5
"""How many times an observation is attempted while dialogs open and tabs close."""
_LOOK_SECONDS = LONGEST_CAPTURE + 5.0
_PICTURE_SECONDS = 15.0
_STABLE_SECONDS = 0.5
"""How far apart two equal screenshots must be for the screen to count as stable."""
_MOST_PAGES = 50
"""How many pages `prepare` opens in one tab: the browser and Playwright keep something of each until it is closed."""
_BLANK = "about:blank"


class BrowserSession:
    """One browser context, from its opening to its loss. Every method runs on the owner thread, one at a time.

    Its methods implement what `BrowserEnvironment` promises for those of the same names.
    """

    def __init__(self, options: BrowserOptions, context: "BrowserContext", browser: "Browser") -> None:
        """Take over a context that has just been opened in the browser; `start` follows."""
        pulse = Pulse()
        self._options = options
        self._context = context
        self._browser = browser
        self._watch = Watch(Dialogs(options.secrets), options.secrets)
        self._notices: list[str] = []
        self._files = Files(options.downloads, options.uploads, options.secrets, self._notices.append, pulse)
        self._tabs = Tabs(pulse, self._follow, self._notices.append)
        self._actor = Actor(options, context, self._tabs, self._notices.append)
        self._seen: Seen | None = None
        self._changing_tab = False
        self._pages = 0
        self.over: bool | None = None
        """What the page said, when it last settled, of whether a harness's episode on it is over."""
        self._painter: Painter | None = None
        browser.on("disconnected", self._disconnected)
        context.on("dialog", self._watch.dialogs.add)

    @property
    def lost(self) -> bool:
        """Whether the browser is lost, so that nothing more can be done."""
        return self._watch.lost

    def lose(self, reason: str) -> None:
        """End the current work and refuse any more."""
        self._watch.lose(reason)
        self._stop_painting()

    async def start(self, targets: "CDPSession") -> None:
        """Open the first page. `targets` is a session of the browser that reports its targets."""
        await self._watch.attempt(self._start(targets), NAVIGATION_SECONDS)

    def stop(self, targets: "CDPSession") -> None:
        """Stop listening to the browser and to the session that was given to `start`."""
        self._stop_painting()
        self._tabs.unwatch(targets)
        self._browser.remove_listener("disconnected", self._disconnected)

    async def goto(self, url: str) -> None:
        """Open an address in the shown tab and wait until it has settled."""
        self._watch.require_alive()
        self._tabs.forget()
        began = asyncio.get_running_loop().time()
        with suppress(DialogOpened, TabClosed):
            page = (await self._some_tab()).page
            if url == page.url == _BLANK:
                return
            seconds = NAVIGATION_SECONDS + self._options.patience
            problem = await self._watch.attempt(open_address(page, url, NAVIGATION_SECONDS), seconds, keep=True)
            if problem is not None:
                raise NavigationFailed(self._options.secrets.redact(problem))
            await self._settle(began)

    @property
    def reusable(self) -> bool:
        """Whether another page can be opened in its only tab as if it were new."""
        if self.lost or self._pages >= _MOST_PAGES or self._options.profile is not None:
            return False
        busy = self._tabs.opening or self._files.asked or self._files.saving or self._watch.dialogs.current is not None
        return len(self._tabs.all) == 1 and not busy

    async def prepare(self, url: str, script: str, argument: object) -> object:
        """Open an address in the only tab as if it were new, and call a function of its document.

        Raises `DialogOpened` and `TabClosed` as well.
        """
        self._watch.require_alive()
        self._pages += 1
        self._tabs.forget()
        self._notices.clear()
        self._seen = None
        began = asyncio.get_running_loop().time()
        tab = await self._some_tab()
        seconds = NAVIGATION_SECONDS + self._options.patience
        await self._watch.attempt(self._lay_pointer_aside(tab.page), seconds)
        elsewhere = urlsplit(tab.page.url)[:2] != urlsplit(url)[:2]
        problem = await self._watch.attempt(open_address(tab.page, url, NAVIGATION_SECONDS), seconds)
        if problem is not None:
            self._pages = _MOST_PAGES  # the browser's own page about the failure is still to come
            raise NavigationFailed(self._options.secrets.redact(problem))
        if elsewhere:  # in another process, which does not know where the pointer was
            await self._watch.attempt(tab.page.wait_for_load_state("load", timeout=seconds * 1000), seconds)
            await self._watch.attempt(self._lay_pointer_aside(tab.page), seconds)
        answer = await self._watch.attempt(self._begin(tab, script, argument), seconds)
        await self._settle(began)
        return answer

    def _stop_painting(self) -> None:
        if self._painter is not None:
            self._painter.stop()

    async def _lay_pointer_aside(self, page: "Page") -> None:
        """Move the pointer into the corner: from where it is, it would hover over the next page."""
        width, height = self._viewport(page)
        with hurried(page):
            await page.mouse.move(width - 1, height - 1)

    async def _begin(self, tab: BrowserTab, script: str, argument: object) -> object:
        """Forget how the tab came to its page, and call a function of the document once that has loaded."""
        page = tab.page
        once_loaded = f"""async argument => {{
          if (document.readyState !== 'complete')
            await new Promise(loaded => addEventListener('load', () => setTimeout(loaded), {{once: true}}));
          return await ({script})(argument);
        }}"""
        answer, _ = await asyncio.gather(
            self._evaluated(page, once_loaded, argument), tab.forget_history(NAVIGATION_SECONDS)
        )
        return answer

    async def evaluate(self, expression: str, argument: object) -> object:
        """Evaluate JavaScript in the shown tab."""
        self._watch.require_alive()
        self.over = None
        page = (await self._some_tab()).page
        return await self._watch.attempt(self._evaluated(page, expression, argument), NAVIGATION_SECONDS)

    async def observe(self, glanced: Glance | None = None) -> Observation:
        """Observe the shown tab, or the open dialog. `glanced` is what the tab has just said of itself."""
        self._watch.require_alive()
        for _ in range(_LOOKS):
            dialog = self._watch.dialogs.current
            with suppress(DialogOpened, TabClosed):
                if dialog is not None:
                    return await self._look_at_dialog(dialog)
                look, glanced = self._look(await self._some_tab(), glanced), None  # the next tab has not said it
                return await self._watch.attempt(look, _LOOK_SECONDS)
        # When Playwright's driver dies, every call says that the tab has closed, but no tab does.
        open_still = self._tabs.all and not self._tabs.active.page.is_closed() and self._watch.dialogs.current is None
        self._watch.lose("the browser is gone" if open_still else "the page keeps opening dialogs and closing tabs")
        raise self._watch.loss()

    async def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at in the shown tab, in pixels of the newest screenshot."""
        self._watch.require_alive()
        if self._watch.dialogs.current is not None:
            raise DialogOpened
        seen = self._seen
        with suppress(TabClosed):
            tab = await self._some_tab()
            if seen is not None and seen.tab is tab:
                found = await self._watch.attempt(page_elements(tab.page, seen.screen), LONGEST_LOOK)
                return redacted(found, self._options.secrets)
        return ()  # there is no screenshot of this tab whose pixels could locate an element

    async def execute(self, action: Action) -> Observation:
        """Carry out the action, let the page settle, and observe."""
        self._watch.require_alive()
        dialog = self._watch.dialogs.current
        patience = self._options.patience
        self._changing_tab = action.type in TAB_ACTIONS
        self._tabs.forget()
        self.over = None
        began = asyncio.get_running_loop().time()
        partial: ActionPartial | None = None
        glanced: Glance | None = None
        with suppress(DialogOpened, TabClosed):
            if dialog is not None:
                await self._answer(dialog, action)
            elif self._files.asked:
                await self._watch.attempt(self._files.choose(action), patience, keep=True)
            else:
                await self._some_tab()
                partial = await self._perform(action)
            glanced = await self._settle(began, scrolls=isinstance(action, Scroll | Press | Hold | Drag))
            if self._tabs.opening:
                self._notices.append("A tab is being opened whose address has not answered yet: wait for it.")
            if isinstance(action, WaitUntilStable):
                glanced = self.over = None
                await self._watch.attempt(self._until_stable(action.seconds), action.seconds + _LOOK_SECONDS)
        if partial is not None:
            raise partial
        return await self.observe(glanced)

    async def _perform(self, action: Action) -> ActionPartial | None:
        """Carry out an action on a page; return the error that says so if only a part of it was done."""
        seconds = self._options.patience + duration(action, self._options.secrets)
        waits = isinstance(action, Wait | WaitUntilStable)  # a dialog ends the wait
        try:
            await self._watch.attempt(self._actor.perform(action, self._seen), seconds, keep=not waits)
        except ActionPartial as error:
            return error
        except (DialogOpened, TabClosed) as interruption:
            opened = isinstance(interruption, DialogOpened)
            partial = self._actor.interrupt("a dialog has opened" if opened else "the tab has closed")
            if partial is None:
                raise
            return partial
        return None

    async def _start(self, targets: "CDPSession") -> None:
        if self._options.painted:
            await open_painted(self._context, targets)
            self._painter = Painter(lambda: self._tabs.active.page, self._options.refresh_rate)
        await self._tabs.watch(self._context, targets)

    async def _evaluated(self, page: "Page", expression: str, argument: object) -> object:
        from playwright.async_api import Error

        try:
            return await page.evaluate(expression, argument)
        except Error as error:
            if any(sign in error.message for sign in LOSS_SIGNS):
                raise
            problem = error.message.removeprefix("Page.evaluate: ").splitlines()[0]
            raise ScriptFailed(self._options.secrets.redact(problem)) from None

    def _disconnected(self, _: "Browser") -> None:
        self._watch.lose("the browser is gone")

    def _follow(self, page: "Page") -> None:
        page.on("crash", lambda _: self._watch.lose("the page has crashed"))
        self._files.follow(page)

    async def _some_tab(self) -> BrowserTab:
        """Return the shown tab; open an empty one if the last one has closed itself."""
        if not self._tabs.all:
            await self._watch.attempt(self._context.new_page(), self._options.patience)
            self._notices.append("The last tab has closed itself; an empty one was opened.")
        return self._tabs.active

    async def _settle(self, began: float, *, scrolls: bool = False) -> Glance | None:
        limit = self._options.settle.limit + self._options.settle.grace
        work = settled(self._tabs, self._files, self._options.settle, began, scrolls=scrolls)
        glanced = await self._watch.attempt(work, limit + 1.0)
        self.over = None if glanced is None else glanced.over
        return glanced

    async def _until_stable(self, seconds: float) -> None:
        """Wait until two screenshots are equal."""
        try:
            async with asyncio.timeout(seconds):
                tab = self._tabs.active
                before = await self._capture(tab, await open_picker(tab.page))
                while True:
                    await asyncio.sleep(_STABLE_SECONDS)
                    after = await self._capture(tab, await open_picker(tab.page))
                    if after == before:
                        return
                    before = after
        except TimeoutError:
            self._notices.append(f"The screen was still changing after {seconds:g} s.")

    async def _answer(self, dialog: OpenDialog, action: Action) -> None:
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(self._options.patience):
                answered = await dialog.answer(action)
        except TimeoutError:
            self._watch.lose("the dialog does not close")
            self._watch.require_alive()
        except Error:
            answered = True  # it has closed by itself
        if answered:
            self._watch.dialogs.remove(dialog)
            await self._watch.resume()

    async def _look(self, tab: BrowserTab, glanced: Glance | None) -> Observation:
        page = tab.page
        await self._tabs.bring_to_front()
        title, locked, kind, whole, _ = glanced or await glance(page)
        await self._tabs.read_titles(title)
        screenshot = await self._capture(tab, kind, whole=whole)
        captured = time.time()
        self._tell_of_tab(tab)
        if self._files.asked:
            self._notices.append(self._files.chooser_notice())
        if kind is not None:
            self._notices.append(f"A {kind} popup is open, which the mouse does not reach. {picker_hint(kind)}")
        if locked:
            self._notices.append("The page has captured the mouse, so points mean nothing to it: esc sets it free.")
        screen = Screen(png_size(screenshot), self._region(page), self._options.device_scale_factor)
        self._seen = Seen(tab, tuple(self._tabs.all), screen, screenshot)
        return self._observation(screenshot, screen, self._tabs.listing(), captured)

    async def _capture(self, tab: BrowserTab, picker: str | None, *, whole: bool = False) -> bytes:
        region, patience = self._region(tab.page), self._options.patience
        factor = self._options.device_scale_factor
        if picker is None:
            return await tab.camera.capture(region, self._viewport(tab.page), factor, patience, whole=whole)
        return await capture_with_popup(tab.page, region, factor, patience)

    async def _look_at_dialog(self, dialog: OpenDialog) -> Observation:
        from playwright.async_api import Error

        tab = self._tabs.of(dialog.page) if dialog.page is not None else None
        if tab is not None and tab is not self._tabs.active:
            self._tabs.show(tab)
        region = self._region(self._tabs.active.page)
        behind = self._seen.screenshot if self._seen is not None and self._seen.tab is self._tabs.active else None
        factor = self._options.device_scale_factor
        try:
            async with asyncio.timeout(_PICTURE_SECONDS):
                picture = await dialog_picture(self._browser, dialog, behind, region.size, factor)
        except (TimeoutError, Error):
            self._watch.lose("the browser no longer paints")
            self._watch.require_alive()
            raise
        self._notices.append(dialog.notice())
        screen = Screen(png_size(picture), region, factor)
        return self._observation(picture, screen, self._tabs.listing(), time.time())

    def _tell_of_tab(self, tab: BrowserTab) -> None:
        """Notify the policy if another tab is shown than before, unless its action did that."""
        if self._seen is None or self._seen.tab is tab or self._changing_tab:
            return
        if tab not in self._seen.tabs:
            what = "A new tab has opened"
        elif self._seen.tab not in self._tabs.all:
            what = "The tab that was shown has closed"
        else:
            what = "Another tab has come to the front"
        self._notices.append(f"{what}; tab {self._tabs.all.index(tab)} is shown now.")

    def _region(self, page: "Page") -> Box:
        """Return the observed part of a page, in CSS px: the clip, if it fits into the page's viewport."""
        viewport = self._viewport(page)
        clip = self._options.clip
        if clip is not None and clip.right <= viewport.width and clip.bottom <= viewport.height:
            return clip
        return Box(0, 0, viewport.width, viewport.height)

    def _viewport(self, page: "Page") -> Size:
        """Return the size of a page's viewport; a popup may have requested another than the options'."""
        given = page.viewport_size
        return self._options.viewport if given is None else Size(given["width"], given["height"])

    def _observation(self, screenshot: bytes, screen: Screen, tabs: tuple[Tab, ...], captured: float) -> Observation:
        """Return the observation with the notices, and clear them. It contains no secret as text."""
        redact = self._options.secrets.redact
        notices = tuple(self._notices)  # in which every part that a page supplies is redacted already
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
