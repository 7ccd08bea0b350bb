"""What plays episodes in a worker, with a browser and a model of its own."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

from pydantic import JsonValue

from handeye.agent.cli.notices import Notices
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.policies.acting import ActingSettings
from handeye.agent.policy import Policy
from handeye.agent.servers.address import parse_address
from handeye.environments.environment import Environment
from handeye.evals.facts import policy_facts
from handeye.evals.play import ORACLE, play
from handeye.evals.pool.crew import Crew, end_on_sigterm, gpus_of
from handeye.evals.record import Record
from handeye.evals.task import Task

Keep: TypeAlias = Literal["none", "failures", "all"]
"""Which journals are kept."""


class Job(NamedTuple):
    """One episode to play."""

    task: str
    seed: int
    max_steps: int
    attempt: int = 1
    """2 for an episode that failed with an error once before, and so on."""
    repeat: int = 0
    """Which of several repeats of the same episode, counted from 0."""

    @property
    def folder(self) -> str:
        """The name of its journal's folder. The journal of an earlier attempt stays."""
        name = f"{self.task.replace('/', '-')}-{self.seed}" + (f"-repeat-{self.repeat}" if self.repeat else "")
        return name if self.attempt == 1 else f"{name}-attempt-{self.attempt}"

    @property
    def episode(self) -> tuple[str, int, int]:
        """What tells it from other episodes, as in its record."""
        return self.task, self.seed, self.repeat


class Suite(Protocol):
    """Makes an eval's tasks, and the environments for them."""

    def task(self, name: str, seed: int) -> Task[Any]:
        """Return the task's instance for a seed."""

    def environment(self, name: str) -> Environment:
        """Return the environment for a task; it may be the previous task's.

        Raises `HandeyeError` if this machine lacks what it needs: then no episode can be played.
        """


@runtime_checkable
class HasFacts(Protocol):
    """A suite of which the manifest should say more than the run's settings do, such as what its screen is."""

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """What it should say, once the suite is entered."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The settings that all workers of a run share. They are pickled, so they contain no live objects."""

    suite: Callable[[], AbstractContextManager[Suite]]
    model: str
    local: ActingSettings
    """How a model without a server is run."""
    keep: Keep
    journals: Path
    """Where the episodes' journals go, one folder each."""
    server: str | None = None
    """The address of a server that has the model."""
    profile: str | None = None
    """The name of the model's profile; None for the one that its name asks for."""

    @property
    def gpus(self) -> float:
        """How many GPUs a worker needs, for a cluster that counts them."""
        return gpus_of(self.local.device) if self.server is None and self.model != ORACLE else 0.0

    @property
    def name(self) -> str:
        """What the records call the policy before it has answered: its model, and where it runs."""
        if self.server is None or self.model == ORACLE:
            return self.model
        return f"{self.model} at {parse_address(self.server).label}"


@dataclass(frozen=True, slots=True)
class EpisodePlayer:
    """Plays one episode after the other."""

    suite: Suite
    policy: Policy | None
    settings: WorkerSettings

    @property
    def facts(self) -> Mapping[str, JsonValue]:
        """How the model is run, and on what."""
        suite = self.suite.facts if isinstance(self.suite, HasFacts) else {}
        return {**policy_facts(self.policy), **suite}

    def play(self, job: Job) -> Record:
        """Play an episode."""
        return play_job(job, self.suite, self.policy, self.settings)


@contextmanager
def episode_player(settings: WorkerSettings) -> Iterator[EpisodePlayer]:
    """Load the model and make the tasks, as long as the context is open. Raises `HandeyeError`."""
    made = settings.suite()  # refuses what it can refuse before a model is loaded
    policy = load_policy(settings)
    end_on_sigterm()
    with made as suite:
        yield EpisodePlayer(suite, policy, settings)


def crew_of(settings: WorkerSettings) -> Crew[Job, Record]:
    """Return what plays episodes by the settings."""
    return Crew(partial(episode_player, settings), partial(_failed, settings), settings.gpus)


def _failed(settings: WorkerSettings, job: Job, reason: str) -> Record:
    return Record(**job._asdict(), model=settings.name, profile=settings.profile, success=False, error=reason)


def play_job(job: Job, suite: Suite, policy: Policy | None, settings: WorkerSettings) -> Record:
    """Play one episode, and keep its journal if the settings say so. Raises what `Suite.environment` raises."""
    journal = settings.journals / job.folder if settings.keep != "none" else None
    if journal is not None:
        # Left by an interrupted run; the episode is played again from the beginning.
        shutil.rmtree(journal, ignore_errors=True)
    environment = suite.environment(job.task)
    task = suite.task(job.task, job.seed)
    record = play(
        task,
        environment,
        policy,
        max_steps=job.max_steps,
        journal=journal,
        attempt=job.attempt,
        repeat=job.repeat,
    )
    if journal is not None and settings.keep == "failures" and record.success:
        shutil.rmtree(journal, ignore_errors=True)
    return record


def load_policy(settings: WorkerSettings) -> Policy | None:
    """Return the policy, None for the tasks' oracles. On a CPU each worker computes on one core."""
    if settings.model == ORACLE:
        return None
    if settings.server is None:
        import torch  # heavy, and not needed by an oracle

        torch.set_num_threads(1)
    policy = PolicySettings(
        model=settings.model,
        server=settings.server,
        profile=settings.profile,
        **settings.local.model_dump(),
    ).make()
    Notices().tell(policy)
    return policy
