"""A Chromium browser, seen and controlled in pixels."""

import threading
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Action
from handeye.environments.browser.actions import NAVIGATION_SECONDS, SUPPORTED, TOUCH_SUPPORTED, duration
from handeye.environments.browser.launch import require_browser
from handeye.environments.browser.options import DISPLAY_RATE, BrowserOptions, named_uploads
from handeye.environments.browser.process import BrowserProcess
from handeye.environments.browser.session import BrowserSession
from handeye.environments.browser.settle import BROWSER_SETTLE
from handeye.environments.browser.watch import TabClosed
from handeye.environments.element import Element
from handeye.environments.errors import DialogOpened, EnvironmentLost, NavigationFailed
from handeye.environments.hand import HAND, Pace
from handeye.environments.observation import Observation
from handeye.environments.owner_thread import OwnerThread, finalizer
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle
from handeye.environments.supported import require_supported

T = TypeVar("T")

_OPEN_SECONDS = 180.0
"""Longer than all steps of `reset` may take together."""
_ACT_SECONDS = 90.0
_CLOSE_SECONDS = 20.0


class BrowserEnvironment(Closeable):
    """A Chromium browser.

    May be used from any thread, also inside a running asyncio loop (which is blocked meanwhile): Playwright's
    asynchronous API runs on its own thread. Calls are serialized; `close` may be called at any time.
    """

    def __init__(
        self,
        url: str = "about:blank",
        *,
        viewport: Size = Size(1280, 720),
        device_scale_factor: float = 1.0,
        headless: bool = True,
        executable: Path | None = None,
        clip: Box | None = None,
        downloads: Path | None = None,
        uploads: Sequence[Path] = (),
        profile: Path | None = None,
        proxy: str | None = None,
        user_agent: str | None = None,
        locale: str | None = None,
        timezone: str | None = None,
        init_script: str = "",
        secrets: Mapping[str, str] | None = None,
        settle: Settle = BROWSER_SETTLE,
        patience: float = 15.0,
        allow_files: bool = False,
        touch: bool = False,
        pace: Pace = HAND,
        refresh_rate: int = DISPLAY_RATE,
    ) -> None:
        """Check the options; the browser starts with the first `reset`.

        url: where each `reset` begins.
        viewport: the page's size in CSS px.
        device_scale_factor: screenshot pixels per CSS px, as on a high-density display.
        headless: without a window.
        executable: the Chromium to start; without one, see `handeye.environments.browser.chromium`.
        clip: the part of the viewport, in CSS px, that is observed and can be pointed at.
        downloads: the download folder; without one, downloads are refused.
        uploads: the files that may be chosen in a file chooser.
        profile: a folder that keeps cookies and logins between starts; created if necessary.
        proxy: for example `http://user:password@host:3128`.
        user_agent, locale ("de-DE"), timezone ("Europe/Berlin"): as reported to pages.
        init_script: JavaScript that runs in every document before the page's own scripts; in a window that a page opens
        at its own origin, only in the initial empty document.
        secrets: texts that the policy may type by name. An observation's texts never hold them; a page may show them.
        settle: how long to wait for the page after an action.
        patience: seconds that a page may take to react to input before it counts as hung.
        allow_files: whether the policy may open `file:` addresses.
        touch: whether the screen is touched by a finger, as a phone's: there is no mouse, and `home` opens `url`.
        pace: how fast clicks and keys are.
        refresh_rate: frames a second at which a page is painted while it is waited for. More than 60 makes each step
        faster, for harnesses. It needs Chromium's headless shell, and is ignored with a window or a profile.

        Raises `InvalidOption`, `MissingDependency`, `ChromiumNotFound`, and `BrowserFailed` if there is no display.
        """
        self._options = BrowserOptions(
            url=url,
            viewport=viewport,
            device_scale_factor=device_scale_factor,
            headless=headless,
            executable=executable,
            clip=clip,
            downloads=None if downloads is None else downloads.expanduser().absolute(),
            uploads=named_uploads(uploads),
            profile=None if profile is None else profile.expanduser().absolute(),
            proxy=proxy,
            user_agent=user_agent,
            locale=locale,
            timezone=timezone,
            init_script=init_script,
            secrets=Secrets(secrets or {}),
            settle=settle,
            patience=patience,
            allow_files=allow_files,
            touch=touch,
            pace=pace,
            refresh_rate=refresh_rate,
        )
        require_browser(self._options)
        self._turn = threading.Lock()
        self._thread = OwnerThread("handeye-browser")
        self._browser = _AsyncBrowser(self._options)
        # Also on garbage collection and at interpreter exit.
        self._finalizer = finalizer(self, _close, self._thread, self._browser)

    @property
    def name(self) -> str:
        """Always "browser"."""
        return "browser"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that `execute` carries out."""
        return TOUCH_SUPPORTED if self._options.touch else SUPPORTED

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The names of the secrets that may be typed."""
        return self._options.secrets.names

    def reset(self) -> Observation:
        """Open `url` in a new browser context, without earlier cookies, storage and tabs, and return an observation.

        With a `profile`, the browser is restarted on it. Raises `NavigationFailed`, `BrowserFailed`.
        """
        return self._call(self._browser.reset(), _OPEN_SECONDS)

    def observe(self) -> Observation:
        """Return an observation of the active tab without waiting for it to settle. Raises `EnvironmentLost`."""
        return self._call(self._browser.observe(), _ACT_SECONDS)

    def execute(self, action: Action) -> Observation:
        """Carry out the action, wait until the page has settled, and return an observation.

        Raises `ActionRejected` without having done anything, and `EnvironmentLost` when the page has crashed or hangs,
        or when the browser is gone.
        """
        require_supported(action.type, self.supported)
        settle, own = self._options.settle, duration(action, self._options.secrets)
        seconds = _ACT_SECONDS + 2 * self._options.patience + settle.grace + settle.limit + own
        return self._call(self._browser.execute(action), seconds)

    @property
    def over(self) -> bool | None:
        """What the page said, when it last settled, of whether a harness's episode on it is over.

        A harness lets its pages define `document[Symbol.for('handeye.over')]` for that, a function; what a page shows
        after it is over is not waited for. None if the page does not say, or has been evaluated since.
        """
        return self._browser.over

    def elements(self) -> tuple[Element, ...]:
        """Return the elements of the active tab that can be pointed at, in reading order, without the texts of secrets.

        Their boxes are pixels of the newest observation's screenshot. Raises `DialogOpened` while a dialog is open,
        `ElementsUnknown` when the page does not answer, and `EnvironmentLost`.
        """
        return self._call(self._browser.elements(), _ACT_SECONDS)

    def goto(self, url: str) -> None:
        """Open an address, of any scheme, in the active tab and wait until it has settled. For harnesses and tests.

        Raises `NavigationFailed` and `EnvironmentLost`.
        """
        seconds = _ACT_SECONDS + NAVIGATION_SECONDS + self._options.patience
        self._call(self._browser.goto(url), seconds)

    def prepare(self, url: str, script: str, argument: object = None) -> object:
        """Open an address as `reset` and `goto` would, call a function of its document, and return its answer.

        For harnesses that play many pages. Where it can it keeps the browser context, which saves most of the time of a
        reset, and with it cookies and storage: only for pages that keep none. Other tabs, dialogs and the history do
        not survive. The script is called once the page has loaded; afterwards the page has settled.

        Raises `NavigationFailed`, `ScriptFailed`, `BrowserFailed` and `EnvironmentLost`.
        """
        return self._call(self._browser.prepare(url, script, argument), _OPEN_SECONDS)

    def evaluate(self, expression: str, argument: object = None) -> object:
        """Evaluate a JavaScript expression, or call a function with one argument, in the active tab.

        For harnesses and tests; not available to actions. Raises `ScriptFailed` with the script's error, and
        `DialogOpened` while a dialog is open.
        """
        return self._call(self._browser.evaluate(expression, argument), _ACT_SECONDS)

    def close(self) -> None:
        """End the browser, whatever it is doing. Closing twice is harmless; any other use afterwards is an error."""
        self._finalizer()

    def _call(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        if not self._finalizer.alive:
            work.close()
            raise EnvironmentLost("the environment is closed")
        with self._turn:
            return self._thread.call(work, seconds)


class _AsyncBrowser:
    """The environment on its own loop: one process, and a session for each reset."""

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._process = BrowserProcess(options)
        self._session: BrowserSession | None = None
        self._closed = False

    async def reset(self) -> Observation:
        """Open a new context and its first page; after a loss, in a new browser."""
        session = await self._open()
        await session.goto(self._options.url)
        return await session.observe()

    async def prepare(self, url: str, script: str, argument: object) -> object:
        """Open an address in a fresh tab, and call a function of its document."""
        session = self._session
        if session is not None and session.reusable:
            # The page before may cling to its tab, or crash in it.
            with suppress(DialogOpened, TabClosed, EnvironmentLost, NavigationFailed):
                return await session.prepare(url, script, argument)
            if self._closed:
                raise EnvironmentLost("the environment is closed")
        session = await self._open()
        try:
            return await session.prepare(url, script, argument)
        except (DialogOpened, TabClosed):
            raise NavigationFailed(f"{url} has opened a dialog or closed its tab before it was ready") from None

    @property
    def over(self) -> bool | None:
        """What the page last said of whether the episode is over."""
        return None if self._session is None else self._session.over

    async def observe(self) -> Observation:
        """Return an observation of the active tab."""
        session = self._running()
        return await session.observe()

    async def execute(self, action: Action) -> Observation:
        """Carry out the action, let the page settle, and return an observation."""
        session = self._running()
        return await session.execute(action)

    async def elements(self) -> tuple[Element, ...]:
        """Return the elements of the active tab that can be pointed at."""
        return await self._running().elements()

    async def goto(self, url: str) -> None:
        """Open an address in the active tab."""
        session = self._running()
        await session.goto(url)

    async def evaluate(self, expression: str, argument: object) -> object:
        """Evaluate JavaScript in the active tab."""
        return await self._running().evaluate(expression, argument)

    async def close(self) -> None:
        """End the running call, and the browser."""
        self._closed = True
        if self._session is not None:
            self._session.lose("the environment is closed")
        await self._process.stop()

    async def _open(self) -> BrowserSession:
        """Open a new context and its first page; after a loss, in a new browser."""
        session, self._session = self._session, None
        if session is not None and session.lost:
            session.lose("another session has begun")  # whoever noticed the loss may not have stopped its work
            await self._process.stop()
        elif session is not None:
            session.stop(self._process.session)
        context = await self._process.fresh_context()
        self._session = session = BrowserSession(self._options, context, self._process.browser)
        await session.start(self._process.session)
        return session

    def _running(self) -> BrowserSession:
        if self._session is None:
            raise EnvironmentLost("no page has been opened yet: reset() opens one")
        return self._session


def _close(thread: OwnerThread, browser: _AsyncBrowser) -> None:
    try:
        thread.call(browser.close(), _CLOSE_SECONDS)
    except EnvironmentLost:
        return  # it did not end in time; its driver ends with the thread's pipes
    finally:
        thread.stop()
