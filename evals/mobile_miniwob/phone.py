"""The pages on the simulated phone, in its app with a web view, seen and touched over adb."""

import time
from pathlib import Path
from typing import Any, Final

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box
from handeye.environments.errors import ScriptFailed
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.wrapped import WrappedEnvironment
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.pages import PageServer
from handeye.evals.mobile_miniwob.pages import SCRIPT, find_pages
from handeye.evals.mobile_miniwob.protocol import SCALE
from handeye.evals.mobile_miniwob.screen import PlacedReader
from handeye.evals.mobile_miniwob.task import PageTask

APP: Final = "org.handeye.webview"
"""The package of the phone's app that shows a page."""
_ACTIVITY: Final = f"{APP}/.WebViewActivity"
_LOAD_SECONDS: Final = 60.0
_LOADED: Final = "url => location.href === url && document.readyState === 'complete' && typeof core !== 'undefined'"
_PLACE: Final = """name => {
  const { frame } = phone.tasks.running.find((task) => task.app.package === name);
  const { left, top } = frame.getBoundingClientRect();
  const inner = frame.contentDocument.querySelector("iframe").getBoundingClientRect();
  return [left + inner.left, top + inner.top, left + inner.right, top + inner.bottom]
    .map((edge) => Math.round(edge * devicePixelRatio));
}"""
"""Where the page is, in pixels of the screen."""


class PageNotShown(HandeyeError):
    """The simulated phone has not shown a page in time."""


class PhoneScreen(WrappedEnvironment):
    """A simulated phone whose app with a web view shows the page."""

    def __init__(self, environment: SimulatedPhoneEnvironment) -> None:
        super().__init__(environment)
        self.phone = environment

    def show(self, url: str) -> None:
        """Open a page in the app of a new phone. Raises `PageNotShown`, `EnvironmentLost`."""
        self.phone.reset()
        self.phone.shell(["am", "start", "-W", "-n", _ACTIVITY, "-d", url, "--ei", "scale", str(SCALE * 100)])
        end = time.monotonic() + _LOAD_SECONDS
        while not self._is_loaded(url):
            if time.monotonic() > end:
                raise PageNotShown(f"the simulated phone has not loaded {url} within {_LOAD_SECONDS:g} s")
            time.sleep(0.02)

    def evaluate(self, expression: str, argument: object = None) -> object:
        """Evaluate JavaScript in the page, wherever the policy has gone meanwhile."""
        return self.phone.phone.evaluate(expression, argument, within=APP)

    def reader(self) -> PageReader:
        """Return what an oracle reads the page with."""
        place: Any = self.phone.phone.evaluate(_PLACE, APP)
        return PlacedReader(self.evaluate, Box(*place))

    def _is_loaded(self, url: str) -> bool:
        try:
            return bool(self.evaluate(_LOADED, url))
        except ScriptFailed:
            return False  # there is no page yet, or it is just being replaced


class PhonePages(Closeable):
    """Makes the tasks and the one phone that they need. A context manager."""

    def __init__(self, checkout: Path | None = None, *, headless: bool = True, settle: Settle = Settle()) -> None:
        """Serve the pages of a checkout of AndroidWorld, or those of the package.

        Raises what `find_pages` raises, and `MissingDependency` or `ChromiumNotFound` without adb or a browser.
        """
        folder = find_pages(checkout).folder
        self._screen = PhoneScreen(SimulatedPhoneEnvironment(headless=headless, settle=settle))
        self._server = PageServer(folder, script=SCRIPT)

    def task(self, name: str, seed: int) -> PageTask:
        """Return the episode of a seed."""
        return PageTask(name, seed, self._server.url(name))

    def environment(self, name: str) -> PhoneScreen:
        """Return the phone, the same for all tasks."""
        return self._screen

    def close(self) -> None:
        """Turn the phone off and stop serving the pages."""
        self._screen.close()
        self._server.close()
