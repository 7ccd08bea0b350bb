"""The pages in a touched Chromium, which takes the place of the phone with its WebView."""

from pathlib import Path
from typing import Final

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import Box, Size
from handeye.actions.schema import Action
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.settle import BROWSER_SETTLE
from handeye.environments.errors import ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.supported import require_supported
from handeye.environments.wrapped import WrappedEnvironment
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.pages import PageServer
from handeye.evals.mobile_miniwob.pages import SCRIPT, find_pages
from handeye.evals.mobile_miniwob.protocol import SCALE
from handeye.evals.mobile_miniwob.screen import PlacedReader
from handeye.evals.mobile_miniwob.task import PageTask

PAGE: Final = Size(216, 452)
"""CSS px of the page's viewport. At 5 px each the screenshot is 1080x2260: a phone's of 1080x2400 without its bars."""
DEVICE_SCALE_FACTOR: Final = 2.5
"""Screenshot px per dp, nearly as on AndroidWorld's Pixel 6 (2.625). The rest of the scale enlarges the page, as a
WebView does.

A touch has its sizes in dp: how far a finger moves before a page scrolls (8), and how far beside a button it still
meets it (10). With 5 px per dp a touch on a label would press the button below it, which it does not on that phone.
"""
_ENLARGED: Final = SCALE / DEVICE_SCALE_FACTOR
_FRAME_PATH: Final = "/phone.html"
_FRAME: Final = f"""<!doctype html><meta charset="utf-8"><title>MiniWoB++</title><style>
html, body {{ margin: 0; height: 100%; overflow: hidden; background: #fff }}
iframe {{ display: block; border: 0; width: {PAGE.width}px; height: {PAGE.height}px;
  transform: scale({_ENLARGED}); transform-origin: 0 0 }}
</style><iframe></iframe><script>document.querySelector('iframe').src = location.hash.slice(1)</script>"""
"""What fills the browser: one task's page, whose address follows the #."""
_WITHIN: Final = "([script, given]) => document.querySelector('iframe').contentWindow.eval(`(${script})`)(given)"


class ChromiumScreen(WrappedEnvironment):
    """A browser that behaves like AndroidWorld's app: the page fills it, and `back` does nothing."""

    def __init__(self, browser: BrowserEnvironment, frame: str) -> None:
        """`frame` is the address of the page that shows another one, five times as large."""
        super().__init__(browser)
        self.browser = browser
        self._frame = frame

    @property
    def supported(self) -> frozenset[str]:
        """What a finger on a phone can do, without opening an app."""
        return frozenset(
            {
                *("click", "long_press", "drag", "scroll", "type", "press", "hold"),
                *("wait", "wait_until_stable", "back", "home"),
            }
        )

    def execute(self, action: Action) -> Observation:
        """Carry out the action. Raises `ActionRejected` for `home`, since there is no home screen."""
        require_supported(action.type, self.supported)
        match action.type:
            case "back":
                return self.observe()
            case "home":
                raise ActionRejected("there is no home screen here: the page of the task fills the screen")
            case _:
                return super().execute(action)

    def show(self, url: str) -> None:
        """Open a page in a new browser context."""
        self.browser.reset()
        self.browser.goto(f"{self._frame}#{url}")

    def evaluate(self, expression: str, argument: object = None) -> object:
        """Evaluate a JavaScript function of one argument in the page."""
        return self.browser.evaluate(_WITHIN, [expression, argument])

    def reader(self) -> PageReader:
        """Return what an oracle reads the page with."""
        return PlacedReader(self.evaluate, Box(0, 0, PAGE.width * SCALE, PAGE.height * SCALE))


class ChromiumPages(Closeable):
    """Makes the tasks and the one browser that they need. A context manager."""

    def __init__(self, checkout: Path | None = None, *, headless: bool = True, settle: Settle = BROWSER_SETTLE) -> None:
        """Serve the pages of a checkout of AndroidWorld, or those of the package.

        Raises what `find_pages` raises, and `MissingDependency` or `ChromiumNotFound` without a browser.
        """
        folder = find_pages(checkout).folder
        browser = BrowserEnvironment(
            viewport=Size(round(PAGE.width * _ENLARGED), round(PAGE.height * _ENLARGED)),
            device_scale_factor=DEVICE_SCALE_FACTOR,
            headless=headless,
            locale="en-US",  # the pages write times and dates by the locale, but parse them in this one
            timezone="UTC",  # dates are drawn in local time: the same seed has to give the same task everywhere
            settle=settle,
            touch=True,
        )
        self._server = PageServer(folder, script=SCRIPT, others={_FRAME_PATH: _FRAME})
        self._screen = ChromiumScreen(browser, self._server.address(_FRAME_PATH))

    def task(self, name: str, seed: int) -> PageTask:
        """Return the episode of a seed."""
        return PageTask(name, seed, self._server.url(name))

    def environment(self, name: str) -> ChromiumScreen:
        """Return the browser, the same for all tasks."""
        return self._screen

    def close(self) -> None:
        """Close the browser and stop serving the pages."""
        self._screen.close()
        self._server.close()
