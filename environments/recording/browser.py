"""Recording what a person does in a browser window."""

import asyncio
import json
import queue
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Size
from handeye.actions.keys import MODIFIERS
from handeye.actions.schema import SwitchTab
from handeye.environments.browser.launch import require_browser, run_in_every_document
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.browser.process import BrowserProcess
from handeye.environments.browser.session import BrowserSession
from handeye.environments.browser.settle import BROWSER_SETTLE
from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.owner_thread import OwnerThread, finalizer
from handeye.environments.recording.events import Chord, Did, HandEvent, KeyDown, KeyUp
from handeye.environments.recording.page import PageEvents
from handeye.environments.recording.script import BINDING, recorder_script
from handeye.environments.recording.tabs import RecordedTabs
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

if TYPE_CHECKING:
    from playwright.async_api import Page

T = TypeVar("T")

_OPEN_SECONDS = 180.0
_LOOK_SECONDS = 60.0
_CLOSE_SECONDS = 20.0


class BrowserRecorder(Closeable):
    """A Chromium window in which a person works.

    It reports what they do in pages, in all frames and tabs, the addresses that they open, the tabs that they open,
    select and close, and how they answer dialogs. Closing the window ends the recording.
    """

    def __init__(
        self,
        url: str = "about:blank",
        *,
        viewport: Size = Size(1280, 720),
        device_scale_factor: float = 1.0,
        headless: bool = False,
        executable: Path | None = None,
        downloads: Path | None = None,
        profile: Path | None = None,
        locale: str | None = None,
        timezone: str | None = None,
        settle: Settle = BROWSER_SETTLE,
    ) -> None:
        """Check the options, which are those of `BrowserEnvironment`. Raises what that raises."""
        self._options = BrowserOptions(
            url=url,
            viewport=viewport,
            device_scale_factor=device_scale_factor,
            headless=headless,
            executable=executable,
            clip=None,
            downloads=None if downloads is None else downloads.expanduser().absolute(),
            uploads={},
            profile=None if profile is None else profile.expanduser().absolute(),
            proxy=None,
            user_agent=None,
            locale=locale,
            timezone=timezone,
            init_script="",
            secrets=Secrets({}),
            settle=settle,
            patience=15.0,
            allow_files=True,
        )
        require_browser(self._options)
        self._thread = OwnerThread("handeye-recorder")
        self._browser = _AsyncRecorder(self._options)
        self._finalizer = finalizer(self, _close, self._thread, self._browser)

    @property
    def name(self) -> str:
        """Always "browser"."""
        return "browser"

    @property
    def ended(self) -> bool:
        """Whether the window is closed."""
        return self._browser.ended

    def start(self) -> Observation:
        """Open the window at `url` and return an observation. Raises `NavigationFailed`, `BrowserFailed`."""
        return self._call(self._browser.start(), _OPEN_SECONDS)

    def observe(self) -> Observation:
        """Return an observation of the tab that the person sees."""
        return self._call(self._browser.observe(), _LOOK_SECONDS)

    def take(self, seconds: float) -> Collection[HandEvent]:
        """Return the events since the last call, waiting for some for at most `seconds`.

        Raises `EnvironmentLost` when no more events can arrive.
        """
        self._browser.require_listening()
        taken: list[HandEvent] = []
        try:
            taken.append(self._browser.events.get(timeout=seconds))
            while True:
                taken.append(self._browser.events.get_nowait())
        except queue.Empty:
            return taken

    def drive(self, work: "Callable[[Page], Awaitable[T]]") -> T:
        """Use Playwright on the page that the person sees. For tests, in place of a person."""
        return self._call(self._browser.drive(work), _LOOK_SECONDS)

    def close(self) -> None:
        """Close the window."""
        self._finalizer()

    def _call(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        if not self._finalizer.alive:
            work.close()
            raise EnvironmentLost("the recorder is closed")
        return self._thread.call(work, seconds)


class _AsyncRecorder:
    """The recorder on its own loop."""

    def __init__(self, options: BrowserOptions) -> None:
        self.events: queue.SimpleQueue[HandEvent] = queue.SimpleQueue()
        self._options = options
        self._process = BrowserProcess(options)
        self._session: BrowserSession | None = None
        self._tabs: RecordedTabs | None = None
        self._page_events = PageEvents()
        self._messages: asyncio.Queue[tuple[dict[str, Any], dict[str, Any]]] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._token = secrets.token_hex(16)
        self._script = recorder_script(self._token)
        self._recording = False

    @property
    def ended(self) -> bool:
        return self._tabs is not None and self._tabs.ended

    def require_listening(self) -> None:
        if not self.ended and any(task.done() for task in self._tasks):
            raise EnvironmentLost("the page has crashed, or the browser does not respond: record again")

    async def start(self) -> Observation:
        context = await self._process.fresh_context()
        await context.expose_binding(BINDING, self._hear)
        await run_in_every_document(context, self._script)
        self._session = BrowserSession(self._options, context, self._process.browser)
        await self._session.start(self._process.session)
        await self._session.goto(self._options.url)
        self._tabs = RecordedTabs(context, self.events.put)
        await self._tabs.watch()
        self._tasks.append(asyncio.ensure_future(self._listen()))
        observation = await self._look()
        self._recording = True
        return observation

    async def observe(self) -> Observation:
        if self.ended:
            raise EnvironmentLost("the window is closed")
        return await self._look()

    async def drive(self, work: "Callable[[Page], Awaitable[T]]") -> T:
        if self._tabs is None or self.ended:
            raise EnvironmentLost("there is no window: call start() to open one")
        return await work(self._tabs.front)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._session is not None:
            self._session.lose("the recorder is closed")
        await self._process.stop()

    async def _look(self) -> Observation:
        if self._session is None or self._tabs is None:
            raise EnvironmentLost("nothing is recorded yet: call start() first")
        async with self._turn:
            for press in self._tabs.answered_dialogs():
                # The person has answered it: it is gone, and this informs the session.
                await self._session.execute(press)
            if self._tabs.dialog_is_open:
                raise ActionRejected("a dialog is open, which only the person sees")
            observation = await self._session.observe()
        self._page_events.looked(observation)
        return observation

    def _hear(self, source: dict[str, Any], message: object) -> None:
        """Accept a message from the script in a page; ignore other callers."""
        if not self._recording or not isinstance(message, str):
            return
        payload = json.loads(message)
        if isinstance(payload, dict) and payload.get("token") == self._token:
            self._messages.put_nowait((source, payload))

    async def _listen(self) -> None:
        """Convert messages to events, in order."""
        while True:
            source, payload = await self._messages.get()
            page, frame = source["page"], source["frame"]
            if self._tabs is None or self._session is None:
                continue
            if page is not self._tabs.front and page in self._tabs.pages:
                index = self._tabs.show(page)
                self.events.put(Did(payload["time"] - 0.001, SwitchTab(index=index)))
                with suppress(ActionRejected):  # it has been closed since
                    async with self._turn:
                        await self._session.execute(SwitchTab(index=index))
            event = await self._page_events.read(payload, frame)
            if event is not None:
                if not isinstance(event, KeyUp | Chord) and not (isinstance(event, KeyDown) and event.key in MODIFIERS):
                    self._tabs.heard(time.time())
                self.events.put(event)


def _close(thread: OwnerThread, browser: _AsyncRecorder) -> None:
    try:
        thread.call(browser.close(), _CLOSE_SECONDS)
    except EnvironmentLost:
        return  # it did not end in time; its driver ends with the thread's pipes
    finally:
        thread.stop()
