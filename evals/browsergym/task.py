"""The tasks of BrowserGym, in BrowserGym's own browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import JsonValue, TypeAdapter

from handeye.actions.closeable import Closeable
from handeye.actions.errors import MissingDependency
from handeye.actions.geometry import Box
from handeye.agent.episode import Episode
from handeye.environments.browser.chromium import find_chromium
from handeye.evals.browsergym.benchmarks import benchmark_of
from handeye.evals.browsergym.environment import BrowserGymEnvironment
from handeye.evals.browsergym.seeds import Seeds, listed_seed
from handeye.evals.browsergym.session import ADAPTER, GymSession
from handeye.evals.miniwob.oracle import PageReader
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.miniwob.pages import folder
from handeye.evals.task import Move, Score

PROTOCOL: Final = (
    "BrowserGym, from pixels: its own browser and screenshots, actions as its functions of coordinates, one decision a "
    "step, its own verdict: success = sum of rewards > 0"
)

_MINIWOB_VIEWPORT: Final = Box(0, 0, 332, 214)
_MINIWOB_SCALE: Final = 1.5
"""Pixels of a screenshot per CSS px. Source: browsergym-miniwob 0.14.3, `base.py`."""
_ARGUMENT: Final = TypeAdapter[JsonValue](JsonValue)


class BrowserGymTask:
    """One episode of a task, in a `BrowserGymEnvironment`."""

    def __init__(self, name: str, seed: int, drawn: int) -> None:
        """Take the task, the number of the episode in a run, and its seed in BrowserGym."""
        self.name = name
        self.seed = seed
        self.drawn = drawn
        """The seed that BrowserGym gets."""
        self._environment: BrowserGymEnvironment | None = None

    def setup(self, environment: BrowserGymEnvironment) -> str:
        """Start the episode from scratch, and return its goal in words."""
        self._environment = environment
        return environment.open(self.name, self.drawn, benchmark_of(self.name).subsets).instruction

    def ended(self) -> bool:
        """Return whether BrowserGym has terminated or truncated the episode."""
        return self._there.shown.ended

    def conclude(self, episode: Episode) -> None:
        """Send the policy's answer to BrowserGym, or that the task cannot be done: some benchmarks judge by it."""
        self._there.conclude(episode)

    def score(self) -> Score:
        """Return MiniWoB's own reward where there is one, and otherwise the sum of BrowserGym's rewards.

        Success is BrowserGym's: the sum is more than 0, which any part of MiniWoB's own reward makes it.
        """
        shown, total = self._there.shown, self._there.reward
        return Score(total if shown.raw is None else shown.raw, total > 0, shown.reason)

    def oracle(self) -> Iterator[Move]:
        """Return the moves that solve the episode. Only MiniWoB's tasks have them."""
        return ORACLES[self.name.removeprefix("miniwob.")](self._reader())

    def teardown(self) -> None:
        """Release the environment."""
        self._environment = None

    def _reader(self) -> PageReader:
        def evaluate(expression: str, argument: object) -> object:
            return self._there.evaluate(expression, _ARGUMENT.validate_python(argument))

        return PageReader(evaluate, clip=_MINIWOB_VIEWPORT, scale=_MINIWOB_SCALE)

    @property
    def _there(self) -> BrowserGymEnvironment:
        if self._environment is None:
            raise RuntimeError(f"{self.name} was not set up")
        return self._environment


class BrowserGym(Closeable):
    """Makes the tasks, and the one environment that plays them. A context manager."""

    def __init__(
        self,
        *,
        python: str,
        chromium: Path | None = None,
        seeds: Seeds = "browsergym",
        headless: bool = True,
        adapter: Path = ADAPTER,
    ) -> None:
        """Take the interpreter that has BrowserGym, and the Chromium to start instead of Playwright's own."""
        self._session = session(python, chromium, headless=headless, adapter=adapter)
        self._environment = BrowserGymEnvironment(self._session, headless=headless)
        self._seeds = seeds

    def task(self, name: str, seed: int) -> BrowserGymTask:
        """Return the episode of a seed. Raises `InvalidSeed` if BrowserGym's list has no such one."""
        if self._seeds == "plain":
            return BrowserGymTask(name, seed, seed)
        benchmark = benchmark_of(name)
        listed = benchmark.listed(self._session.tasks(benchmark.name))
        return BrowserGymTask(name, seed, listed_seed(benchmark, listed, name, seed))

    def environment(self, name: str) -> BrowserGymEnvironment:
        """Return the environment, the same for all tasks."""
        return self._environment

    def close(self) -> None:
        """End the browser and its interpreter."""
        self._environment.close()


def session(python: str, chromium: Path | None = None, *, headless: bool = True, adapter: Path = ADAPTER) -> GymSession:
    """Return a session of BrowserGym in an interpreter. Raises `ChromiumNotFound` if the given one does not exist.

    Without Playwright's own Chromium there, the one that handeye would use is started. MiniWoB's pages are those of
    the package `miniwob` there, or here, unless MINIWOB_URL is set.
    """
    fallback = find_chromium(headless=headless)
    chosen = None if chromium is None else find_chromium(chromium)
    arguments: dict[str, JsonValue] = {
        "chromium": None if chosen is None else str(chosen),
        "fallback": None if fallback is None else str(fallback),
        "miniwob": _pages(),
    }
    return GymSession(str(Path(python).expanduser()), arguments, adapter)


def _pages() -> str | None:
    try:
        return str(folder())
    except MissingDependency:
        return None
