"""The tasks of MobileMiniWoB++ on a screen that shows their pages."""

from collections.abc import Iterator

from handeye.environments.errors import ScriptFailed
from handeye.evals.miniwob import pages
from handeye.evals.mobile_miniwob.oracles import TOUCH_ORACLES
from handeye.evals.mobile_miniwob.protocol import GOAL
from handeye.evals.mobile_miniwob.screen import PageScreen
from handeye.evals.task import Move, Score

_NO_PAGE = pages.Verdict(done=False, reward=0.0, reason="the page of the task was left")


class PageTask:
    """One episode of a page."""

    def __init__(self, name: str, seed: int, url: str) -> None:
        self.name = name
        self.seed = seed
        self._url = url
        self._screen: PageScreen | None = None

    def setup(self, environment: PageScreen) -> str:
        """Show the page, start the episode of the seed, and return the instruction."""
        environment.show(self._url)
        self._screen = environment
        return GOAL.format(utterance=pages.start(environment.evaluate, self.seed))

    def ended(self) -> bool:
        """Return whether the page has given a reward."""
        return self._verdict().done

    def score(self) -> Score:
        """Return the page's own raw reward; only exactly 1.0 is a success."""
        verdict = self._verdict()
        return Score(verdict.reward, verdict.done and verdict.reward == 1.0, verdict.reason)

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the episode. Only the tasks of `TOUCH_ORACLES` have them."""
        return TOUCH_ORACLES[self.name](self._shown.reader())

    def teardown(self) -> None:
        """Release the screen."""
        self._screen = None

    def _verdict(self) -> pages.Verdict:
        try:
            return pages.verdict(self._shown.evaluate)
        except ScriptFailed:
            return _NO_PAGE

    @property
    def _shown(self) -> PageScreen:
        if self._screen is None:
            raise RuntimeError(f"{self.name} was not set up")
        return self._screen
