"""Worker processes that share the jobs of a run."""

import contextlib
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait

from handeye.evals.errors import WorkerFailed
from handeye.evals.record import Record
from handeye.evals.worker import Crashed, Job, Message, Ready, Refused, WorkerSettings, work

PATIENCE = 10.0
"""Seconds that a worker has to close its browser before it is killed."""


class _Worker:
    """One process, our end of its pipe, and its current job."""

    def __init__(self, settings: WorkerSettings) -> None:
        # A new interpreter: a fork of one that has threads, as torch and Playwright have, can hang.
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        self.process = context.Process(target=work, args=(other, settings), name="eval-worker", daemon=True)
        self.process.start()
        other.close()
        self.job: Job | None = None

    def receive(self) -> Message | None:
        """Return the worker's next message; None if it has died."""
        try:
            message: Message = self.connection.recv()
        except (EOFError, ConnectionResetError):
            return None
        return message


def play_all(jobs: Sequence[Job], settings: WorkerSettings, workers: int) -> Iterator[Record]:
    """Play the jobs in `workers` processes and yield each record as its episode ends.

    If a worker dies, only its episode is lost: it is recorded as a failure with the reason, and another worker starts.
    Raises `WorkerFailed` if a worker cannot play at all. Closing the iterator ends all processes.
    """
    waiting = deque(jobs)
    running = [_Worker(settings) for _ in range(min(workers, len(jobs)))]
    try:
        while running:
            by_connection: dict[object, _Worker] = {worker.connection: worker for worker in running}
            for connection in wait([worker.connection for worker in running]):
                worker = by_connection[connection]
                match message := worker.receive():
                    case Refused(reason):
                        raise WorkerFailed(reason)
                    case Ready():
                        pass
                    case Record():
                        worker.job = None
                        yield message
                    case Crashed() | None:
                        running.remove(worker)
                        record = _failure(worker, message, settings)
                        if waiting:
                            running.append(_Worker(settings))
                        yield record
                        continue
                _next(worker, waiting, running)
    finally:
        _end(running)


def _next(worker: _Worker, waiting: deque[Job], running: list[_Worker]) -> None:
    """Give the worker its next job, or end it."""
    if waiting:
        worker.job = waiting.popleft()
        with contextlib.suppress(BrokenPipeError):  # it has just died, which `receive` will report
            worker.connection.send(worker.job)
    else:
        running.remove(worker)
        _end([worker])


def _failure(worker: _Worker, crash: Crashed | None, settings: WorkerSettings) -> Record:
    """Return the record of the episode that a dead worker was playing; raise `WorkerFailed` if it had none yet."""
    worker.connection.close()
    worker.process.join()
    reason = f"the worker died with exit status {worker.process.exitcode}" if crash is None else crash.error
    if worker.job is None:
        raise WorkerFailed(f"a worker could not start: {reason}")
    return Record(**worker.job._asdict(), model=settings.name, profile=settings.profile, success=False, error=reason)


def _end(workers: Sequence[_Worker]) -> None:
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
