"""What a replay does: the recorded actions in order, each with the screen that it was done on."""

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
    """A trajectory holds no action that was carried out."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One recorded action."""

    step: int
    """The recorded step that it belongs to, from 0."""
    screen: Observation
    """What was on the screen before it."""
    action: AnyAction | None
    """None after the last action of an episode that did not end by itself: only the screen is left to compare."""
    decision: Decision
    """What was decided, with this action alone."""
    remark: str = ""
    """What was recorded about how it went."""
    compared: bool = True
    """Whether the screen was looked at after the action before it. Someone who is quick, when a person is recorded, has
    done the next thing before anybody looked; then there is nothing to compare."""

    @property
    def ends(self) -> bool:
        """Whether the recorded episode ended here."""
        return self.action is None or isinstance(self.action, Answer | Terminate)


def cues(trajectory: Trajectory) -> tuple[Cue, ...]:
    """Return the actions that were carried out, and the end.

    Actions that were refused or never tried are left out. Of one whose outcome is unknown, the next screen tells
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
    """Return what the user answered when the recorded policy asked; None where nothing was asked."""
    if not isinstance(cue.action, AskUser):
        return None
    return cue.remark.removeprefix("the user answered: ")


def _of_step(step: Step, after: Observation | None) -> Iterator[Cue]:
    screen = step.observation
    for number, (action, outcome) in enumerate(zip(step.decision.actions, step.outcomes, strict=False)):
        if _happened(outcome, screen, after):
            # What was thought belongs to all the actions of a step, and is told once.
            words = step.decision if number == 0 else Decision("", "", ())
            decision = replace(words, actions=(action,), problem=None, tokens=None, transforms=())
            yield Cue(step.index, screen, action, decision, outcome.message)
        if outcome.observation is not None:
            screen = outcome.observation


def _happened(outcome: Outcome, before: Observation, after: Observation | None) -> bool:
    match outcome.status:
        case "executed":
            return True
        case "unknown" | "lost":
            return after is not None and not compare(before.image, after.image).matches
        case _:
            return False


def _next_screen(trajectory: Trajectory, index: int) -> Observation | None:
    return trajectory.steps[index + 1].observation if index + 1 < len(trajectory.steps) else None
