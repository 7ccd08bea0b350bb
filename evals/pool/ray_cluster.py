"""Workers on a Ray cluster."""

import re
import socket
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from pydantic import JsonValue

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.evals.errors import WorkerFailed
from handeye.evals.pool.crew import DEATHS, Crew, JobT, ResultT

_REACH_SECONDS = 10.0
LOCAL = "local"
"""The address that stands for a cluster of this machine alone, which is started for the run."""


class _Actor:
    """A worker: handeye has to be installed where it runs."""

    def __init__(self, crew: Crew[Any, Any]) -> None:
        self._stack = ExitStack()
        self._crew = crew
        self._player: Any = None

    def start(self) -> tuple[bool, Any]:
        """Enter the player; return (True, its facts), or (False, why it cannot play)."""
        try:
            self._player = self._stack.enter_context(self._crew.player())
        except HandeyeError as error:
            return False, str(error)
        return True, dict(self._player.facts)

    def play(self, job: object) -> tuple[bool, Any]:
        """Do a job; return (True, its result), or (False, why no job can be done)."""
        try:
            return True, self._player.play(job)
        except HandeyeError as error:
            return False, str(error)

    def stop(self) -> None:
        """Close what the player has open."""
        self._stack.close()


def run_on_ray(
    jobs: Sequence[JobT],
    crew: Crew[JobT, ResultT],
    workers: int,
    address: str,
    on_ready: Callable[[Mapping[str, JsonValue]], None] | None = None,
) -> Iterator[ResultT]:
    """Do the jobs by `workers` actors of the cluster at `address`, and yield each result as its job ends.

    As `handeye.evals.pool.processes.run_all`: a lost worker's job is done again once. `address` is Ray's own, such as
    ray://HOST:10001 or auto, or `LOCAL`. Raises `MissingDependency` without the extra, and `WorkerFailed`.
    """
    try:
        import ray
        from ray.exceptions import RayActorError, RayTaskError
    except ImportError:
        raise MissingDependency("ray", "ray") from None
    if not jobs:
        return
    _require_reachable(address)
    own = {"include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address, log_to_driver=False, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise WorkerFailed(f"no Ray cluster at {address}: {str(error).splitlines()[0]}") from error
    make = ray.remote(num_cpus=1, num_gpus=crew.gpus)(_Actor)
    waiting = deque((job, 0) for job in jobs)
    current: dict[Any, tuple[JobT, int]] = {}
    pending: dict[Any, Any] = {}  # what is being computed, and the actor that computes it

    def begin() -> None:
        actor = make.remote(crew)
        pending[actor.start.remote()] = actor

    try:
        for _ in range(min(workers, len(jobs))):
            begin()
        while pending:
            (done,), _ = ray.wait(list(pending), num_returns=1)
            actor = pending.pop(done)
            job = current.pop(actor, None)
            results: list[ResultT] = []
            try:
                well, answer = ray.get(done)
            except (RayActorError, RayTaskError) as error:
                crashed = isinstance(error, RayTaskError)
                reason = str(error.cause) if isinstance(error, RayTaskError) else "the worker died"
                if job is None:
                    raise WorkerFailed(f"a worker could not start: {reason}") from error
                if crashed or job[1] + 1 >= DEATHS:
                    results.append(crew.failed(job[0], reason))
                else:
                    waiting.appendleft((job[0], job[1] + 1))
                ray.kill(actor)
                if waiting:
                    begin()
            else:
                if not well:
                    raise WorkerFailed(answer)
                if job is not None:
                    results.append(answer)
                elif on_ready is not None:
                    on_ready(answer)
                if waiting:
                    current[actor] = waiting.popleft()
                    pending[actor.play.remote(current[actor][0])] = actor
                else:
                    ray.get(actor.stop.remote())
                    ray.kill(actor)
            yield from results
    finally:
        ray.shutdown()


def _require_reachable(address: str) -> None:
    """Raise `WorkerFailed` if nobody listens at an address: Ray itself would try for minutes."""
    found = re.fullmatch(r"(?:ray://)?\[?([^/\s]+?)\]?:(\d{1,5})", address)
    if found is None:
        return  # "local", "auto"
    try:
        socket.create_connection((found[1], int(found[2])), timeout=_REACH_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise WorkerFailed(f"no Ray cluster at {address}: {error}") from error
