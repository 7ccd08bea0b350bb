"""The tasks of MiniWoB++ in our browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from handeye.actions.closeable import Closeable
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.browser.settle import BROWSER_SETTLE
from handeye.environments.hand import AT_ONCE
from handeye.environments.settle import Settle
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.task import Move, Score

PROTOCOL: Final = (
    "MiniWoB++ 1.1.0, pixels only: screenshots at device scale factor 2, real mouse and keyboard, query bar visible, "
    "instruction given, no time limit, reward display hidden, success = raw reward >= 1"
)


class MiniWobTask:
    """One episode of a page, in a `BrowserEnvironment` made by `MiniWob`."""

    def __init__(self, name: str, seed: int, url: str) -> None:
        self.name = name
        self.seed = seed
        self._url = url
        self._environment: BrowserEnvironment | None = None
        self._instruction: str | None = None

    def setup(self, environment: BrowserEnvironment) -> str:
        """Load the page from scratch, start the episode of the seed, and return its instruction."""
        self._environment = environment
        self._instruction = pages.told(environment.prepare(self._url, pages.START, self.seed))
        return self._instruction

    def ended(self) -> bool:
        """Return whether the page has given its reward."""
        over = self._page.over
        return pages.verdict(self._page.evaluate).done if over is None else over

    def score(self) -> Score:
        """Return the page's own raw reward. An episode that has not ended has none yet, and is not a success."""
        verdict = pages.verdict(self._page.evaluate)
        return Score(verdict.reward, verdict.done and verdict.reward >= 1, verdict.reason)

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the episode. Only the tasks of `ORACLES` have them."""
        return ORACLES[self.name](self.reader())

    def reader(self) -> PageReader:
        """Return the reader that an oracle reads the page with."""
        return PageReader(self._page.evaluate, clip=pages.clip(self.name), utterance=self._instruction)

    def teardown(self) -> None:
        """Release the environment."""
        self._environment = None

    @property
    def _page(self) -> BrowserEnvironment:
        if self._environment is None:
            raise RuntimeError(f"{self.name} was not set up")
        return self._environment


class MiniWob(Closeable):
    """Makes the tasks and the browser that they need: one browser at a time, kept while the observed part is the same.

    A context manager. Raises `MissingDependency` without the package `miniwob`.
    """

    def __init__(
        self, *, headless: bool = True, settle: Settle = BROWSER_SETTLE, executable: Path | None = None
    ) -> None:
        """`executable` is the Chromium to start, as for `BrowserEnvironment`."""
        self._headless = headless
        self._settle = settle
        self._executable = executable
        self._server = pages.PageServer()
        self._environment: BrowserEnvironment | None = None
        self._clip = pages.CLIP

    def task(self, name: str, seed: int) -> MiniWobTask:
        """Return the episode of a seed."""
        return MiniWobTask(name, seed, self._server.url(name))

    def environment(self, name: str) -> BrowserEnvironment:
        """Return the browser for a task. This may close the one returned before."""
        clip = pages.clip(name)
        if self._environment is None or clip != self._clip:
            self._close_environment()
            self._clip = clip
            self._environment = BrowserEnvironment(
                viewport=pages.VIEWPORT,
                clip=clip,
                device_scale_factor=pages.DEVICE_SCALE_FACTOR,
                headless=self._headless,
                executable=self._executable,
                locale="en-US",  # the pages write times and dates by the locale, but parse them in this one
                timezone="UTC",  # dates are drawn in local time: the same seed has to give the same task everywhere
                init_script=pages.INIT_SCRIPT,
                settle=self._settle,
                pace=AT_ONCE,
                refresh_rate=pages.REFRESH_RATE,
            )
        return self._environment

    def close(self) -> None:
        """Close the browser and stop serving the pages."""
        self._close_environment()
        self._server.close()

    def _close_environment(self) -> None:
        if self._environment is not None:
            self._environment.close()
            self._environment = None
