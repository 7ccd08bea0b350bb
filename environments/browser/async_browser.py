"""The browser environment as it is on its own loop: one process, and a session for each reset."""

from handeye.actions.schema import Action
from handeye.environments.browser.options import BrowserOptions
from handeye.environments.browser.process import BrowserProcess
from handeye.environments.browser.session import BrowserSession
from handeye.environments.element import Element
from handeye.environments.errors import EnvironmentLost
from handeye.environments.observation import Observation


class AsyncBrowser:
    """What `BrowserEnvironment` shows to the world without asyncio."""

    def __init__(self, options: BrowserOptions) -> None:
        self._options = options
        self._process = BrowserProcess(options)
        self._session: BrowserSession | None = None

    async def reset(self) -> Observation:
        """Open a fresh context and the first page in it; after a loss, in a fresh browser."""
        session, self._session = self._session, None
        if session is not None and session.lost:
            await self._process.stop()
        elif session is not None:
            session.stop(self._process.session)
        context = await self._process.fresh_context()
        self._session = session = BrowserSession(self._options, context, self._process.browser)
        await session.start(self._process.session)
        await session.goto(self._options.url)
        return await session.observe()

    async def observe(self) -> Observation:
        """Look at the shown tab."""
        return await self._running().observe()

    async def execute(self, action: Action) -> Observation:
        """Carry out the action, let the page settle, and look."""
        return await self._running().execute(action)

    async def elements(self) -> tuple[Element, ...]:
        """Return what can be pointed at in the shown tab."""
        return await self._running().elements()

    async def goto(self, url: str) -> None:
        """Open an address in the shown tab."""
        await self._running().goto(url)

    async def evaluate(self, expression: str, argument: object) -> object:
        """Evaluate JavaScript in the shown tab."""
        return await self._running().evaluate(expression, argument)

    async def close(self) -> None:
        """End what is being done, and the browser."""
        if self._session is not None:
            self._session.lose("the environment is closed")
        await self._process.stop()

    def _running(self) -> BrowserSession:
        if self._session is None:
            raise EnvironmentLost("no page has been opened yet: reset() opens one")
        return self._session
