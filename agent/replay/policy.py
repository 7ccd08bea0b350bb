"""The policy that repeats the recorded actions as long as the screens match the recorded ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from handeye.actions.carry import carried
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Frame, OutOfFrame, Transform
from handeye.actions.schema import AnyAction, Terminate
from handeye.agent.decision import Decision
from handeye.agent.history import History
from handeye.agent.policy import Policy
from handeye.agent.replay.compare import TOLERANCE, Difference, Region, compare, same_shape
from handeye.agent.replay.cues import Cue, recorded_answer
from handeye.environments.observation import Observation


class InvalidReplay(HandeyeError, ValueError):
    """The arguments of a replay contradict each other."""


class OnDivergence(StrEnum):
    """What to do when a screen differs from the recorded one."""

    STOP = "stop"
    CONTINUE = "continue"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Judge:
    """Compares a screen with the recorded one."""

    ignore: tuple[Region, ...] = ()
    tolerance: float = TOLERANCE

    def __call__(self, recorded: Observation, now: Observation) -> Difference:
        """Return how the current screen differs from the recorded one."""
        if recorded.screenshot == now.screenshot:
            return Difference()
        return compare(recorded.image, now.image, ignore=self.ignore, tolerance=self.tolerance)


PLAIN_JUDGE = Judge()
"""Ignores nothing, with the usual tolerance."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """One point where a replay differed from the recording."""

    cue: Cue
    now: Observation
    difference: Difference
    """Empty if the screens are the same and the action was refused."""
    reason: str
    """One line."""


class ReplayPolicy:
    """Decides what was recorded. It consumes the script step by step, so an instance serves one episode."""

    name = "replay"

    def __init__(
        self,
        script: Sequence[Cue],
        judge: Judge = PLAIN_JUDGE,
        on_divergence: OnDivergence = OnDivergence.STOP,
        *,
        take_over: Callable[[], Policy] | None = None,
        diverged: Callable[[Divergence], None] | None = None,
    ) -> None:
        """`take_over` returns the policy that continues after a divergence; it is called only when needed, since
        loading a model takes time. `diverged` is called immediately with each divergence.

        Raises `InvalidReplay` if a policy should take over and there is none.
        """
        if on_divergence is OnDivergence.POLICY and take_over is None:
            raise InvalidReplay("there is no policy to take over at a divergence: give take_over")
        self.matched = 0
        """How many screens matched the recorded ones."""
        self.divergences: list[Divergence] = []
        self._script = tuple(script)
        self._judge = judge
        self._on_divergence = on_divergence
        self._take_over = take_over if on_divergence is OnDivergence.POLICY else None
        self._diverged = diverged
        self._successor: Policy | None = None
        self._next = 0

    @property
    def screens(self) -> int:
        """The number of recorded screens to compare."""
        return sum(cue.compared for cue in self._script)

    @property
    def took_over(self) -> bool:
        """Whether another policy has taken over from the recording."""
        return self._successor is not None

    @property
    def expected(self) -> Observation | None:
        """The recorded screen that the next decision needs; None if there is none left."""
        if self._successor is not None or self._next >= len(self._script):
            return None
        cue = self._script[self._next]
        return cue.screen if cue.compared else None

    def answer(self, question: str) -> str | None:
        """Return the recorded answer to the last question; None after another policy has taken over."""
        return None if self._successor is not None else recorded_answer(self._script[self._next - 1])

    def decide(self, history: History) -> Decision:
        """Return the recorded decision, or the reaction to a divergence."""
        if self._successor is not None:
            return self._successor.decide(history)
        now = history.observation
        cue = self._script[self._next]
        refused, differs = self._refused(history), self._look(cue, now)
        if cue.compared and differs is None:
            self.matched += 1
        found = [divergence for divergence in (refused, differs) if divergence is not None]
        for divergence in found:
            self.divergences.append(divergence)
            if self._diverged is not None:
                self._diverged(divergence)
        if found and self._on_divergence is OnDivergence.STOP:
            return _only(Terminate(status="failure", message=found[0].reason))
        if found and self._take_over is not None:
            self._successor = self._take_over()
            return self._successor.decide(history)
        self._next += 1
        return self._decision(cue, now, tuple(divergence.reason for divergence in found))

    def _look(self, cue: Cue, now: Observation) -> Divergence | None:
        if not cue.compared:
            return None
        difference = self._judge(cue.screen, now)
        return None if difference.matches else Divergence(cue, now, difference, _reason(cue, now, difference))

    def _refused(self, history: History) -> Divergence | None:
        """Return a divergence if the last action was carried out in the recording, but not or only in part now."""
        if self._next == 0 or all(outcome.status == "executed" for outcome in history.steps[-1].outcomes):
            return None
        before = self._script[self._next - 1]
        reason = f"{_place(before)}: the recorded action was carried out, but now it was {history.steps[-1].remark}"
        return Divergence(before, history.observation, Difference(), reason)

    def _decision(self, cue: Cue, now: Observation, notes: tuple[str, ...]) -> Decision:
        if cue.action is None:
            if self.divergences:
                message = f"{self.matched} of {self.screens} screens matched the recorded ones"
                return _only(Terminate(status="failure", message=message))
            return _only(Terminate(status="success", message="every screen matched the recorded one"))
        size, now_size = cue.screen.size, now.size
        if size == now_size or not same_shape(size, now_size):
            return replace(cue.decision, notes=(*cue.decision.notes, *notes))
        transform = Transform(Frame("recorded screenshot", size), now.frame)
        return replace(
            cue.decision,
            text="",  # it names the recorded points
            actions=(_moved(cue.action, transform),),
            notes=(*cue.decision.notes, *notes),
            transforms=(transform,),
        )


def _moved(action: AnyAction, transform: Transform) -> AnyAction:
    try:
        return carried(action, transform)
    except OutOfFrame:
        return action  # it was outside the recorded screen too; the environment rejects it again


def _only(action: AnyAction) -> Decision:
    return Decision("", "", (action,))


def _place(cue: Cue) -> str:
    return f"recorded step {cue.step + 1}"


def _reason(cue: Cue, now: Observation, difference: Difference) -> str:
    if difference.reshaped:
        return f"{_place(cue)}: the screen was {cue.screen.size} and is now {now.size}, which is a different shape"
    where = difference.changes[0].box
    more = len(difference.changes) - 1
    others = f" and in {more} more place{'' if more == 1 else 's'}" if more else ""
    address = f"; the address was {cue.screen.url} and is now {now.url}" if cue.screen.url != now.url else ""
    return f"{_place(cue)}: the screen differs by {difference.amount:.2f} at {where}{others}{address}"
