"""A process that plays episodes, with a browser and a model of its own."""

import contextlib
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from handeye.actions.errors import HandeyeError
from handeye.agent.cli.notices import Notices
from handeye.agent.cli.policy import PolicySettings
from handeye.agent.policy import Policy
from handeye.agent.servers.address import parse_address
from handeye.environments.environment import Environment
from handeye.evals.play import ORACLE, play
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

    @property
    def folder(self) -> str:
        """The name of its journal's folder. The journal of an earlier attempt stays."""
        name = f"{self.task}-{self.seed}"
        return name if self.attempt == 1 else f"{name}-attempt-{self.attempt}"


class Ready(NamedTuple):
    """The first message of a worker: it can play."""


class Refused(NamedTuple):
    """The last message of a worker that cannot play, this episode or any other."""

    reason: str


class Crashed(NamedTuple):
    """The last message of a worker that ended with an unexpected exception."""

    error: str


Message: TypeAlias = Ready | Refused | Crashed | Record


class Suite(Protocol):
    """Makes an eval's tasks, and the environments for them."""

    def task(self, name: str, seed: int) -> Task[Any]:
        """Return the task's instance for a seed."""

    def environment(self, name: str) -> Environment:
        """Return the environment for a task; it may be the previous task's.

        Raises `HandeyeError` if this machine lacks what it needs: then no episode can be played.
        """


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The settings that all workers of a run share. They are pickled, so they contain no live objects."""

    suite: Callable[[], AbstractContextManager[Suite]]
    model: str
    device: str
    dtype: str
    keep: Keep
    journals: Path
    """Where the episodes' journals go, one folder each."""
    server: str | None = None
    """The address of a server that has the model."""
    profile: str | None = None
    """The name of the model's profile; None for the one that its name asks for."""

    @property
    def name(self) -> str:
        """What the records call the policy before it has answered: its model, and where it runs."""
        if self.server is None or self.model == ORACLE:
            return self.model
        return f"{self.model} at {parse_address(self.server).label}"


def work(connection: Connection, settings: WorkerSettings) -> None:
    """Play the jobs received over `connection` until it closes; the body of a worker process.

    The parent handles Ctrl-C and then sends SIGTERM, on which this process closes its browser and exits.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _CrashReport(connection), contextlib.ExitStack() as stack:
        try:
            policy = load_policy(settings)
            # Not earlier: until here there is nothing to clean up, and an import may swallow the exit.
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
            suite = stack.enter_context(settings.suite())
            connection.send(Ready())
            for job in _jobs(connection):
                connection.send(play_job(job, suite, policy, settings))
        except HandeyeError as error:
            connection.send(Refused(str(error)))


def play_job(job: Job, suite: Suite, policy: Policy | None, settings: WorkerSettings) -> Record:
    """Play one episode, and keep its journal if the settings say so. Raises what `Suite.environment` raises."""
    journal = settings.journals / job.folder if settings.keep != "none" else None
    if journal is not None:
        # Left by an interrupted run; the episode is played again from the beginning.
        shutil.rmtree(journal, ignore_errors=True)
    environment = suite.environment(job.task)
    task = suite.task(job.task, job.seed)
    record = play(task, environment, policy, max_steps=job.max_steps, journal=journal, attempt=job.attempt)
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
        device=settings.device,
        dtype=settings.dtype,
    ).make()
    Notices().tell(policy)
    return policy


def _jobs(connection: Connection) -> Iterator[Job]:
    """Yield jobs until the parent closes the connection or dies."""
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        yield job


class _CrashReport:
    """Reports an unexpected exception that ends this process to the parent; the exception propagates."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            self._connection.send(Crashed(f"{type(error).__name__}: {error}"))
