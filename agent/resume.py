"""Resuming an episode whose process died, was interrupted, or lost its environment."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.schema import InvalidAction, load
from handeye.agent.approval import Approver, allow_all
from handeye.agent.episode import Episode
from handeye.agent.errors import NothingToResume
from handeye.agent.history import History
from handeye.agent.journal.line import ResumedLine, recorded_secrets
from handeye.agent.journal.trajectory import begun, read_trajectory
from handeye.agent.journal.writer import Journal
from handeye.agent.limits import Limits
from handeye.agent.loop import play
from handeye.agent.perform import Performer, User
from handeye.agent.policy import Policy, Profiled
from handeye.agent.step import Step
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.secrets import is_redacted
from handeye.environments.zoomed import ZoomedEnvironment


def resume_episode(
    directory: Path,
    environment: Environment,
    policy: Policy,
    *,
    limits: Limits | None = None,
    approve: Approver = allow_all,
    on_step: Callable[[Step], None] | None = None,
    ended: Callable[[], bool] | None = None,
    user: User | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Episode:
    """Resume the episode journaled in `directory`, in the same journal.

    The steps, the time and the tokens spent so far count against `limits`; None keeps the most recent limits. An action
    that was started but has no recorded outcome is reported to the policy as unknown. `environment` is reset and, if it
    can navigate, returned to the page that was open last, unless that page's address held a secret. `settings` are
    stored for a further resume; None keeps the most recent ones.

    Raises `InvalidTrajectory`, `NothingToResume` when the episode is complete, and `JournalError`.
    """
    trajectory = read_trajectory(directory)
    # A process that was killed between its last outcome and the stop line had completed the episode as well.
    stop = trajectory.steps[-1].stop if trajectory.stop is None and trajectory.steps else trajectory.stop
    if stop is not None and stop.final:
        raise NothingToResume(f"the episode in {directory} ended with {stop}: there is nothing to resume")
    limits = trajectory.limits if limits is None else limits
    profile = policy.profile_id if isinstance(policy, Profiled) else None
    resumed = ResumedLine(
        time=time.time(),
        version=version("handeye"),
        policy=policy.name,
        profile=None if profile is None else profile.name,
        profile_hash=None if profile is None else profile.hash,
        limits=limits,
        settings=None if settings is None else dict(settings),
    )
    with Journal.reopen(directory, resumed) as journal:
        last = trajectory.last_observation
        url = None if last is None else last.url
        observation = _return(environment, environment.reset(), url, recorded_secrets(trajectory.settings))
        steps = tuple(begun(trajectory.steps))
        performer = Performer(ZoomedEnvironment(environment), approve, user, ended)
        history = History(trajectory.task, steps, observation, trajectory.meta.screenshots, performer.abilities)
        return play(journal, history, policy, performer, limits, on_step, trajectory.seconds)


def _return(
    environment: Environment, observation: Observation, url: str | None, secrets: frozenset[str] | None
) -> Observation:
    """Return the environment to `url`; if that fails or would open another page, the observation says so.

    secrets: the names of those that the address may hold; None if they are not known.
    """
    if url is None or observation.url == url or "navigate" not in environment.supported:
        return observation
    if is_redacted(url, secrets):
        here = "the first page" if observation.url is None else observation.url
        why = f"its address held a secret, which is recorded by its name only: the episode continues at {here}"
        return _noticed(observation, f"the last open page, {url}, was not opened again, because {why}")
    try:
        return environment.execute(load({"type": "navigate", "url": url}))
    except (InvalidAction, ActionRejected) as error:
        return _noticed(observation, f"the last open page, {url}, could not be opened again: {error}")


def _noticed(observation: Observation, notice: str) -> Observation:
    return replace(observation, notices=(*observation.notices, notice))
