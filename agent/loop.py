"""The loop: observe, decide, journal, act, journal."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.agent.approval import Approver, allow_all
from handeye.agent.decision import Decision
from handeye.agent.episode import Episode
from handeye.agent.errors import JournalError
from handeye.agent.history import History
from handeye.agent.journal.line import MetaLine
from handeye.agent.journal.writer import Journal, NoJournal
from handeye.agent.limits import Limits
from handeye.agent.outcome import Outcome, StopReason
from handeye.agent.perform import Performer, User
from handeye.agent.policy import Policy, Profiled
from handeye.agent.step import Step
from handeye.agent.task import require_text
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation
from handeye.environments.zoomed import ZoomedEnvironment


def run_episode(
    task: str,
    environment: Environment,
    policy: Policy,
    *,
    limits: Limits = Limits(),
    approve: Approver = allow_all,
    journal: Path | None = None,
    on_step: Callable[[Step], None] | None = None,
    ended: Callable[[], bool] | None = None,
    user: User | None = None,
    screenshots: int | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Episode:
    """Let `policy` work on `task` in `environment` until it says that it is done or something else ends the episode.

    `journal` is the folder to write the episode to; None writes nothing to disk. `ended` returns whether the task
    itself is over and is called after each executed action. `user` answers the policy's questions. `screenshots` is
    the maximum number of screenshots in a prompt, by default that of the policy's profile. `settings` is stored in the
    journal so that a resume can recreate the environment and the policy; it must not contain secrets.

    Errors before the first screenshot are raised. After it, the episode ends with a `StopReason`; for FAILED, `message`
    says what was lost, and the episode can be resumed.
    """
    require_text(task)
    observation = environment.reset()
    performer = Performer(ZoomedEnvironment(environment), approve, user, ended)
    history = History(task, (), observation, screenshots, performer.abilities)
    if journal is None:
        return play(NoJournal(), history, policy, performer, limits, on_step)
    profile = policy.profile_id if isinstance(policy, Profiled) else None
    meta = MetaLine(
        time=time.time(),
        version=version("handeye"),
        task=task,
        policy=policy.name,
        profile=None if profile is None else profile.name,
        profile_hash=None if profile is None else profile.hash,
        environment=environment.name,
        limits=limits,
        screenshots=screenshots,
        settings=dict(settings or {}),
    )
    with Journal.create(journal, meta) as book:
        return play(book, history, policy, performer, limits, on_step)


def play(
    journal: Journal | NoJournal,
    history: History,
    policy: Policy,
    performer: Performer,
    limits: Limits,
    on_step: Callable[[Step], None] | None,
    seconds: float = 0.0,
) -> Episode:
    """Continue from `history`, which took `seconds` so far, to the end of the episode."""
    began = time.monotonic() - seconds
    observation = history.observation
    try:
        while (stop := limits.reached(history.steps, time.monotonic() - began)) is None:
            decision = policy.decide(history.with_(observation))
            journal.decided(len(history.steps), observation, decision)
            outcomes: list[Outcome] = []
            try:
                _carry_out(decision, observation, performer, journal, len(history.steps), outcomes)
            finally:
                # Also after an exception, so that the episode contains what was done.
                step = Step(len(history.steps), observation, decision, tuple(outcomes))
                history = history.after(step)
            if on_step is not None:
                on_step(step)
            if (stop := step.stop) is not None:
                break
            after = outcomes[-1].observation
            observation = performer.environment.observe() if after is None else after
        message = history.steps[-1].remark if history.steps else ""
    except KeyboardInterrupt:
        stop, message = StopReason.INTERRUPTED, ""
    except HandeyeError as error:
        stop, message = StopReason.FAILED, str(error)
    try:
        journal.stopped(stop, message)
    except JournalError as error:
        stop, message = StopReason.FAILED, str(error)
    return Episode(history.task, history.steps, stop, message, time.monotonic() - began, journal.directory)


def _carry_out(
    decision: Decision,
    observation: Observation,
    performer: Performer,
    journal: Journal | NoJournal,
    step: int,
    outcomes: list[Outcome],
) -> None:
    """Try the actions of `decision` in order, up to the first that fails, ends the episode or changes the page.

    Each outcome is appended to `outcomes` before it is journaled.
    """
    if decision.problem is not None or not decision.actions:
        reason = "the reply contains no action" if decision.problem is None else decision.problem.reason
        outcomes.append(Outcome("problem", reason))
        journal.happened(step, 0, outcomes[-1])
        return
    for number, action in enumerate(decision.actions):
        outcome = performer.perform(action, observation, partial(journal.intends, step, number))
        outcomes.append(outcome)
        journal.happened(step, number, outcome)
        if outcome.status != "executed" or outcome.stop is not None:
            return
        if outcome.observation is not None:
            if _place(outcome.observation) != _place(observation):
                return
            observation = outcome.observation


def _place(observation: Observation) -> tuple[object, ...]:
    """Return what identifies the current page: actions decided for one page make no sense on another."""
    tabs = tuple((tab.url, tab.active) for tab in observation.tabs)
    return observation.url, observation.app, tabs, observation.part
