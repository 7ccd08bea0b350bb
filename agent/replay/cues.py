"""The script of a replay: the recorded actions in order, each with the screen before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.actions.schema import Answer, AnyAction, AskUser, Navigate, NewTab, Terminate, Type
from handeye.agent.decision import Decision
from handeye.agent.journal.line import recorded_secrets
from handeye.agent.journal.trajectory import Trajectory
from handeye.agent.outcome import Outcome
from handeye.agent.replay.compare import compare
from handeye.agent.step import Step
from handeye.environments.observation import Observation
from handeye.environments.secrets import is_redacted


class NothingToReplay(HandeyeError):
    """No action of a trajectory was carried out."""


class RedactedAddress(HandeyeError):
    """A recorded action opens an address that is recorded with the name of a secret in place of the secret."""


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
    out. If the outcome of an action is unknown, the next screen shows whether it happened. A reply is kept only if it
    asks for this action and nothing else.

    Raises `NothingToReplay`, and `RedactedAddress` since the page that was opened is not known.
    """
    found = [cue for step in trajectory.steps for cue in _of_step(step, _next_screen(trajectory, step.index))]
    last = trajectory.last_observation
    if not found or last is None:
        raise NothingToReplay(f"no action was carried out in the episode in {trajectory.directory}")
    _require_addresses(found, trajectory.settings)
    if not found[-1].ends:
        found.append(Cue(len(trajectory.steps) - 1, last, None, Decision("", "", ())))
    seen = [None, *(cue.screen.time for cue in found)]
    return tuple(replace(cue, compared=cue.screen.time != before) for cue, before in zip(found, seen, strict=False))


def secret_names(script: Sequence[Cue]) -> frozenset[str]:
    """Return the names of the secrets that are typed."""
    actions = (cue.action for cue in script)
    return frozenset(action.secret for action in actions if isinstance(action, Type) and action.secret is not None)


def _require_addresses(script: Sequence[Cue], settings: Mapping[str, JsonValue]) -> None:
    """Raise `RedactedAddress` if an action opens an address in which a secret is replaced by its name."""
    declared = recorded_secrets(settings)
    names = None if declared is None else declared | secret_names(script)
    for cue in script:
        url = cue.action.url if isinstance(cue.action, Navigate | NewTab) else None
        if url is not None and is_redacted(url, names):
            raise RedactedAddress(
                f"recorded step {cue.step + 1} opens {url}, in which a secret is recorded by its name only: "
                "a replay cannot open it; record the episode again with a way there that types the secret"
            )


def recorded_answer(cue: Cue) -> str | None:
    """Return what the user answered when the recorded policy asked; None if it did not ask."""
    if not isinstance(cue.action, AskUser):
        return None
    return cue.remark.removeprefix("the user answered: ")


def _of_step(step: Step, after: Observation | None) -> Iterator[Cue]:
    screen = step.observation
    for number, (action, outcome) in enumerate(zip(step.decision.actions, step.outcomes, strict=False)):
        if _happened(outcome, screen, after):
            # The thought belongs to all actions of a step, so it is only kept for the first one.
            words = step.decision if number == 0 else Decision("", "", ())
            decision = replace(words, actions=(action,), problem=None, tokens=None, transforms=(), confidence=())
            if len(step.decision.actions) > 1:
                decision = replace(decision, text="")  # it asks for the other actions too
            if outcome.done is not None:
                action = outcome.done
                decision = replace(decision, text="", conclusion="", actions=(action,))  # they tell the whole
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
