"""The script of a replay: the recorded actions in order, each with the screen before it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import Answer, AnyAction, AskUser, Terminate, Type
from handeye.agent.decision import Decision
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.outcome import Outcome
from handeye.agent.replay.compare import compare
from handeye.agent.step import Step
from handeye.environments.observation import Observation


class NothingToReplay(HandeyeError):
    """No action of a trajectory was carried out."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One recorded action."""

    step: int
    """The recorded step that it belongs to, from 0."""
    screen: Observation
    """What was on the screen before it."""
    action: AnyAction | None
    """None after the last action of an episode that has no final action: only the screen is left to compare."""
    decision: Decision
    """The recorded decision, reduced to this action."""
    remark: str = ""
    """The recorded message of the outcome."""
    compared: bool = True
    """Whether the screen was recorded after the action before it. In a recording of a person, a quick person may have
    acted again before the next look; then there is nothing to compare."""

    @property
    def ends(self) -> bool:
        """Whether the recorded episode ended here."""
        return self.action is None or isinstance(self.action, Answer | Terminate)


def cues(trajectory: Trajectory) -> tuple[Cue, ...]:
    """Return the actions that were carried out, and the end.

    Of an action that was carried out in part, the part is replayed. Actions that were refused or never tried are left
    out. If the outcome of an action is unknown, the next screen shows
    whether it happened. Raises `NothingToReplay`.
    """
    found = [cue for step in trajectory.steps for cue in _of_step(step, _next_screen(trajectory, step.index))]
    last = trajectory.last_observation
    if not found or last is None:
        raise NothingToReplay(f"no action was carried out in the episode in {trajectory.directory}")
    if not found[-1].ends:
        found.append(Cue(len(trajectory.steps) - 1, last, None, Decision("", "", ())))
    seen = [None, *(cue.screen.time for cue in found)]
    return tuple(replace(cue, compared=cue.screen.time != before) for cue, before in zip(found, seen, strict=False))


def secret_names(script: tuple[Cue, ...]) -> frozenset[str]:
    """Return the names of the secrets that are typed."""
    actions = (cue.action for cue in script)
    return frozenset(action.secret for action in actions if isinstance(action, Type) and action.secret is not None)


def recorded_answer(cue: Cue) -> str | None:
    """Return what the user answered when the recorded policy asked; None if it did not ask."""
    if not isinstance(cue.action, AskUser):
        return None
    return cue.remark.removeprefix("the user answered: ")


def _of_step(step: Step, after: Observation | None) -> Iterator[Cue]:
    screen = step.observation
    for number, (action, outcome) in enumerate(zip(step.decision.actions, step.outcomes, strict=False)):
        if _happened(outcome, screen, after):
            action = outcome.done or action
            # The thought belongs to all actions of a step, so it is only kept for the first one.
            words = step.decision if number == 0 else Decision("", "", ())
            decision = replace(words, actions=(action,), problem=None, tokens=None, transforms=())
            yield Cue(step.index, screen, action, decision, outcome.message)
        if outcome.observation is not None:
            screen = outcome.observation


def _happened(outcome: Outcome, before: Observation, after: Observation | None) -> bool:
    match outcome.status:
        case "executed":
            return True
        case "partial" if outcome.done is not None:
            return True
        case "partial" | "unknown" | "lost":
            return after is not None and not compare(before.image, after.image).matches
        case _:
            return False


def _next_screen(trajectory: Trajectory, index: int) -> Observation | None:
    return trajectory.steps[index + 1].observation if index + 1 < len(trajectory.steps) else None
