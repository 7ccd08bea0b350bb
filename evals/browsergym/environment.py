"""A task of BrowserGym as an environment."""

from collections.abc import Sequence
from typing import Final, Protocol

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.schema import Action, Drag, Hold, LongPress, Wait
from handeye.agent.episode import Episode
from handeye.agent.outcome import StopReason
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.evals.browsergym import calls
from handeye.evals.browsergym.session import Stepped
from handeye.evals.browsergym.shown import Shown

_NO_REASON: Final = "The task cannot be done."
_SLOWEST_CALL: Final = 1.0
"""Seconds that WebArena and WorkArena wait after each call of Playwright."""


class Session(Protocol):
    """Whoever has BrowserGym's environment."""

    def open(self, task: str, seed: int, subsets: Sequence[str], headless: bool) -> Stepped:
        """Start an episode. Raises `EnvironmentLost`."""

    def step(self, source: str, seconds: float) -> Stepped:
        """Carry out calls of BrowserGym's functions that take so long by themselves. Raises `EnvironmentLost`."""

    def evaluate(self, expression: str, argument: JsonValue) -> JsonValue:
        """Evaluate JavaScript in the page. Raises `EnvironmentLost`."""

    def close(self) -> None:
        """End it. May be called again."""


class BrowserGymEnvironment(Closeable):
    """A task in BrowserGym's browser, which runs in another interpreter. `open` starts an episode.

    What is seen is what BrowserGym returned from the newest step: it offers no other look at the page.
    """

    def __init__(self, session: Session, *, headless: bool = True) -> None:
        """Take the session, which is closed with the environment."""
        self.session = session
        """Whoever has the environment."""
        self._headless = headless
        self._opened: tuple[str, int] | None = None
        self._subsets: tuple[str, ...] = ()
        self._newest: Stepped | None = None
        self._unseen = False
        """Whether the newest observation has yet to be returned."""
        self.reward = 0.0
        """The sum of the episode's rewards, on BrowserGym's scale."""

    @property
    def name(self) -> str:
        """Always "browsergym"."""
        return "browsergym"

    @property
    def supported(self) -> frozenset[str]:
        """The types of the actions that the task's benchmark allows."""
        return calls.supported_by(self._subsets)

    @property
    def shown(self) -> Shown:
        """What BrowserGym said last. Raises `EnvironmentLost` if no episode is open."""
        return self._require().shown

    def open(self, task: str, seed: int, subsets: Sequence[str]) -> Shown:
        """Start the episode of a seed, with BrowserGym's sets of functions, and return what it shows.

        Raises `EnvironmentLost` and `ForeignFailed`.
        """
        self._opened, self._subsets, self._newest, self.reward = (task, seed), tuple(subsets), None, 0.0
        self._keep(self.session.open(task, seed, self._subsets, self._headless))
        return self.shown

    def reset(self) -> Observation:
        """Start the episode again and return its first observation."""
        if self._opened is None:
            raise EnvironmentLost("no task was opened, or the environment is closed")
        self.open(*self._opened, self._subsets)
        return self.observe()

    def observe(self) -> Observation:
        """Return the observation of the newest step; if that was returned before, of a step that does nothing."""
        self._require()
        if not self._unseen:
            self._step(calls.do_nothing())
        self._unseen = False
        return self._require().observation

    def execute(self, action: Action) -> Observation:
        """Carry out the action by one step of BrowserGym, and return its observation.

        If BrowserGym reports an error, that is an `ActionRejected` where the action is a single call, and otherwise an
        `ActionPartial`: some of its calls may have been carried out.
        """
        newest = self._require()
        place = calls.Place(newest.observation.size, max(len(newest.shown.urls), 1), newest.shown.active)
        source = calls.calls_of(action, place, self.supported)
        self._step(source, _seconds_of(action))
        if problem := self.shown.problem:
            message = f"BrowserGym reports: {problem}"
            raise ActionPartial(message) if "\n" in source or self.shown.ended else ActionRejected(message)
        self._unseen = False
        return self._require().observation

    def conclude(self, episode: Episode) -> None:
        """Send the policy's answer as a message to the user, or report that the task is infeasible.

        Some benchmarks judge by it. Nothing is sent if the episode is over for BrowserGym, if the policy has said
        nothing, or if the benchmark has no function for it. Raises `EnvironmentLost`.
        """
        said = (episode.answer or "").strip()
        match episode.stop:
            case _ if self.shown.ended:
                return
            case StopReason.ANSWERED | StopReason.SUCCESS if said and calls.CHAT in self._subsets:
                self._step(calls.message_to_user(said))
            case StopReason.INFEASIBLE if calls.INFEASIBLE in self._subsets:
                self._step(calls.report_infeasible(said or _NO_REASON))
            case _:
                return

    def evaluate(self, expression: str, argument: JsonValue = None) -> JsonValue:
        """Evaluate JavaScript in the page, for an oracle; not available to actions."""
        return self.session.evaluate(expression, argument)

    def close(self) -> None:
        """End the browser and its interpreter. Closing twice is harmless."""
        self._opened, self._newest = None, None
        self.session.close()

    def _step(self, source: str, seconds: float = 0.0) -> None:
        try:
            self._keep(self.session.step(source, seconds))
        except EnvironmentLost:
            self._newest = None
            raise

    def _keep(self, stepped: Stepped) -> None:
        self._newest, self._unseen = stepped, True
        self.reward += stepped.shown.reward

    def _require(self) -> Stepped:
        if self._newest is None:
            raise EnvironmentLost("no task is open: reset() starts one over, unless the environment is closed")
        return self._newest


def _seconds_of(action: Action) -> float:
    """Return how many seconds an action takes by itself, apart from a page that is slow to answer."""
    match action:
        case LongPress() | Hold() | Wait():
            return action.seconds
        case Drag():
            return action.hold_seconds + len(action.path) * _SLOWEST_CALL
        case _:
            return 0.0
