"""Worker processes on this machine."""

import contextlib
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, NamedTuple

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.evals.errors import WorkerFailed
from handeye.evals.pool.crew import DEATHS, Crew, JobT, ResultT

PATIENCE = 10.0
"""Seconds that a worker has to close its browser before it is killed."""


class Ready(NamedTuple):
    """The first message of a worker: it can play."""

    facts: Mapping[str, JsonValue]


class Refused(NamedTuple):
    """The last message of a worker that cannot play, this job or any other."""

    reason: str


class Crashed(NamedTuple):
    """The last message of a worker that ended with an unexpected exception."""

    error: str


class Played(NamedTuple):
    """The result of a job."""

    result: Any


@dataclass(slots=True)
class _Waiting(Generic[JobT]):
    """A job, and how many workers have died of it."""

    job: JobT
    deaths: int = 0


class _Worker(Generic[JobT, ResultT]):
    """One process, our end of its pipe, and its current job."""

    def __init__(self, crew: Crew[JobT, ResultT]) -> None:
        # A new interpreter: a fork of one that has threads, as torch and Playwright have, can hang.
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=_work, args=(other, crew), name="eval-worker", daemon=True)
        self.process.start()
        other.close()
        self.current: _Waiting[JobT] | None = None

    def receive(self) -> object:
        """Return the worker's next message; None if it has died."""
        try:
            return self.connection.recv()
        except (EOFError, ConnectionResetError):
            return None


def run_all(
    jobs: Sequence[JobT],
    crew: Crew[JobT, ResultT],
    workers: int,
    on_ready: Callable[[Mapping[str, JsonValue]], None] | None = None,
) -> Iterator[ResultT]:
    """Do the jobs in `workers` processes and yield each result as its job ends.

    If a worker is killed, its job is done again by another one; if that dies too, or a worker crashes, the job has
    failed, for the reason given. `on_ready` gets the facts of each worker that is ready. Raises `WorkerFailed` if a
    worker cannot play at all. Closing the iterator ends all processes.
    """
    waiting = deque(_Waiting(job) for job in jobs)
    running: list[_Worker[JobT, ResultT]] = [_Worker(crew) for _ in range(min(workers, len(jobs)))]
    try:
        while running:
            by_connection: dict[object, _Worker[JobT, ResultT]] = {worker.connection: worker for worker in running}
            for connection in wait([worker.connection for worker in running]):
                worker = by_connection[connection]
                match message := worker.receive():
                    case Refused(reason):
                        raise WorkerFailed(reason)
                    case Ready(facts):
                        if on_ready is not None:
                            on_ready(facts)
                    case Played(result):
                        worker.current = None
                        yield result
                    case _:
                        running.remove(worker)
                        failed = _lost(worker, message, crew, waiting)
                        if waiting:
                            running.append(_Worker(crew))
                        yield from failed
                        continue
                _next(worker, waiting, running)
    finally:
        _end(running)


def _next(
    worker: _Worker[JobT, ResultT], waiting: deque[_Waiting[JobT]], running: list[_Worker[JobT, ResultT]]
) -> None:
    """Give the worker its next job, or end it."""
    if waiting:
        worker.current = waiting.popleft()
        with contextlib.suppress(BrokenPipeError):  # it has just died, which `receive` will report
            worker.connection.send(worker.current.job)
    else:
        running.remove(worker)
        _end([worker])


def _lost(
    worker: _Worker[JobT, ResultT], message: object, crew: Crew[JobT, ResultT], waiting: deque[_Waiting[JobT]]
) -> list[ResultT]:
    """Put the job of a dead worker back, or return its failure; raise `WorkerFailed` if the worker had none yet."""
    worker.connection.close()
    worker.process.join()
    died = f"the worker died with exit status {worker.process.exitcode}"
    reason = message.error if isinstance(message, Crashed) else died
    current = worker.current
    if current is None:
        raise WorkerFailed(f"a worker could not start: {reason}")
    current.deaths += 1
    if not isinstance(message, Crashed) and current.deaths < DEATHS:
        waiting.appendleft(current)
        return []
    return [crew.failed(current.job, reason)]


def _end(workers: Sequence[_Worker[JobT, ResultT]]) -> None:
    """Terminate the processes, and kill those that do not end in time."""
    for worker in workers:
        worker.process.terminate()
    try:
        for worker in workers:
            worker.process.join(PATIENCE)
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()


def _work(connection: Connection, crew: Crew[JobT, ResultT]) -> None:
    """Do the jobs received over `connection` until it closes; the body of a worker process.

    The parent handles Ctrl-C and then sends SIGTERM, on which this process closes what it has open and exits.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _CrashReport(connection):
        try:
            with crew.player() as player:
                connection.send(Ready(player.facts))
                for job in _jobs(connection):
                    connection.send(Played(player.play(job)))
        except HandeyeError as error:
            connection.send(Refused(str(error)))


def _jobs(connection: Connection) -> Iterator[Any]:
    """Yield jobs until the parent closes the connection or dies."""
    while True:
        try:
            job = connection.recv()
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
