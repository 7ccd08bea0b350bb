"""One action, from the decision to its outcome."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from handeye.actions.abilities import Abilities
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import OutOfFrame
from handeye.actions.schema import Action, Answer, AskUser, Note, Terminate, Zoom
from handeye.agent.approval import ALLOWED, Approver
from handeye.agent.outcome import INTERRUPTED, Outcome, StopReason
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.names import app_names, secret_names
from handeye.environments.observation import Observation
from handeye.environments.supported import require_supported

User = Callable[[str], str]
"""Asks the user a question and returns the answer; raises EOFError when the user is gone."""


@dataclass(frozen=True, slots=True)
class Performer:
    """Carries out actions: those that change no screen directly, the others in the environment after approval."""

    environment: Environment
    approve: Approver
    user: User | None = None
    """None if nobody can be asked."""
    ended: Callable[[], bool] | None = None
    """Whether the task itself is over; asked after each action that was carried out, also in part."""

    @property
    def abilities(self) -> Abilities:
        """What a policy can do here: in the environment, and with the user if there is one."""
        own = {"note", "answer", "terminate"} if self.user is None else {"note", "answer", "terminate", "ask_user"}
        names = app_names(self.environment), secret_names(self.environment)
        return Abilities(self.environment.supported | own, *names)

    def perform(self, action: Action, observation: Observation, intend: Callable[[], None]) -> Outcome:
        """Carry out `action`, which answers `observation`, and return its outcome.

        `intend` is called when the action is approved, right before it is executed.
        """
        match action:
            case Note(text=text):
                return Outcome("executed", f"noted: {text}")
            case Answer():
                return Outcome("executed", stop=StopReason.ANSWERED)
            case Terminate(status=status, message=message):
                return Outcome("executed", message, stop=StopReason(status))
            case AskUser(text=question):
                return self._ask(question)
        try:
            require_supported(action.type, self.environment.supported)
        except ActionRejected as error:
            return Outcome("rejected", str(error))
        approval = ALLOWED if isinstance(action, Zoom) else self.approve(action, observation)
        if not approval.allowed:
            return Outcome("denied", approval.reason, stop=StopReason.DENIED if approval.stop else None)
        intend()
        return self._execute(action)

    def _ask(self, question: str) -> Outcome:
        if self.user is None:
            return Outcome("rejected", "there is nobody to ask: decide yourself")
        try:
            return Outcome("executed", f"the user answered: {self.user(question)}")
        except EOFError:
            return Outcome("rejected", "the user is gone: decide yourself")

    def _execute(self, action: Action) -> Outcome:
        began = time.monotonic()
        try:
            outcome = self._verdict(_seen(self.environment.execute(action)))
        except ActionPartial as error:
            outcome = self._verdict(Outcome("partial", str(error), done=error.done))
        except (ActionRejected, OutOfFrame) as error:
            outcome = Outcome("rejected", str(error))
        except HandeyeError as error:
            outcome = Outcome("lost", str(error), stop=StopReason.FAILED)
        except KeyboardInterrupt:
            outcome = Outcome("unknown", INTERRUPTED, stop=StopReason.INTERRUPTED)
        return replace(outcome, seconds=time.monotonic() - began)

    def _verdict(self, outcome: Outcome) -> Outcome:
        """Return the outcome with what `ended` says. If that fails, or is interrupted, the action was carried out."""
        if self.ended is None:
            return outcome
        try:
            return replace(outcome, stop=StopReason.TASK_ENDED) if self.ended() else outcome
        except KeyboardInterrupt:
            return replace(outcome, stop=StopReason.INTERRUPTED)
        except HandeyeError as error:
            message = f"whether the task is over is unknown: {error}"
            words = f"{outcome.message}; {message}" if outcome.message else message
            return replace(outcome, message=words, stop=StopReason.FAILED)


def _seen(observation: Observation) -> Outcome:
    """Return the outcome of an action after which this is seen."""
    shortfall = observation.shortfall
    if shortfall is None:
        return Outcome("executed", observation=observation)
    notices = tuple(notice for notice in observation.notices if notice != str(shortfall))  # the outcome says it
    seen = replace(observation, notices=notices, shortfall=None)
    return Outcome("partial", str(shortfall), seen, done=shortfall.done)
