"""BrowserGym's environment lent by another program's loop: our loop runs beside it and takes turns with it.

That program asks for one action after the other, as an agent of AgentLab is asked. Our loop wants to act and to get
the next observation. So our loop runs in a thread of its own, and each of its steps waits for that program's next call.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

from pydantic import JsonValue

from handeye.actions.closeable import Closeable
from handeye.actions.errors import HandeyeError
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.limits import Limits
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policy import Policy
from handeye.environments.errors import EnvironmentLost
from handeye.evals.browsergym.environment import BrowserGymEnvironment
from handeye.evals.browsergym.session import Stepped
from handeye.evals.staged import StagedEnvironment


class PolicyFailed(HandeyeError):
    """The policy could not decide: its model or its server failed, or the episode was left."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What our loop does next."""

    action: str | None
    """Calls of BrowserGym's functions; None at the end of the episode."""
    decision: Decision | None
    """The policy's newest decision."""
    stop: StopReason | None = None
    """Why the episode ended."""


class LentEpisode(Closeable):
    """One episode in an environment that another program steps. Use it from one thread."""

    def __init__(self, policy: Policy, subsets: Sequence[str]) -> None:
        """Take BrowserGym's sets of functions that the policy may use."""
        self._policy = _Watched(policy)
        self._subsets = tuple(subsets)
        self._session = _LentSession()
        self._thread = ThreadPoolExecutor(1, "lent-episode")
        self._ending: Future[StopReason] | None = None

    def act(self, stepped: Stepped) -> Turn:
        """Return what is to be done, given what the newest step shows.

        Raises `PolicyFailed`, and what the policy raises that is no `HandeyeError`.
        """
        self._session.shown.put(stepped)
        if self._ending is None:
            self._ending = self._thread.submit(self._play)
            self._ending.add_done_callback(lambda _: self._session.asked.put(None))
        action = None if self._ending.done() else self._session.asked.get()
        if action is None:
            return Turn(None, self._policy.newest, self._ending.result())
        return Turn(action, self._policy.newest)

    def close(self) -> None:
        """End the episode, if the other program has left it."""
        self._session.close()
        self._thread.shutdown()

    def _play(self) -> StopReason:
        environment = BrowserGymEnvironment(self._session)
        instruction = environment.open("", 0, self._subsets).instruction
        episode = run_episode(instruction, StagedEnvironment(environment), self._policy, limits=Limits(steps=None))
        if episode.stop is StopReason.FAILED:
            raise PolicyFailed(episode.message)
        environment.conclude(episode)
        return episode.stop


class _LentSession:
    """The side of our loop: a step hands the action over, and waits for what it shows."""

    def __init__(self) -> None:
        self.shown: SimpleQueue[Stepped | None] = SimpleQueue()
        self.asked: SimpleQueue[str | None] = SimpleQueue()

    def open(self, task: str, seed: int, subsets: Sequence[str], headless: bool) -> Stepped:
        """Wait for the first observation."""
        return self._next()

    def step(self, source: str, seconds: float) -> Stepped:
        """Ask for a step, and wait for its observation."""
        self.asked.put(source)
        return self._next()

    def evaluate(self, expression: str, argument: JsonValue) -> JsonValue:
        """Raise `EnvironmentLost`: only the other program can look into the page."""
        raise EnvironmentLost("the page belongs to another program")

    def close(self) -> None:
        """Wake the loop up, for the last time."""
        self.shown.put(None)

    def _next(self) -> Stepped:
        stepped = self.shown.get()
        if stepped is None:
            raise EnvironmentLost("the episode was left")
        return stepped


class _Watched:
    """A policy of which the newest decision is kept."""

    def __init__(self, policy: Policy) -> None:
        self.name = policy.name
        self.newest: Decision | None = None
        self._policy = policy

    def decide(self, history: History) -> Decision:
        """Return the policy's decision."""
        self.newest = self._policy.decide(history)
        return self.newest
