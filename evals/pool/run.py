"""Workers wherever they are: in processes here, or on a cluster."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from handeye.evals.pool.crew import Crew, JobT, ResultT
from handeye.evals.pool.processes import run_all
from handeye.evals.pool.ray_cluster import run_on_ray


@dataclass(frozen=True, slots=True)
class Workers:
    """How many workers, and where."""

    count: int = 1
    ray: str | None = None
    """The address of a Ray cluster; None for processes of this machine."""


def run_jobs(
    jobs: Sequence[JobT],
    crew: Crew[JobT, ResultT],
    workers: Workers,
    on_ready: Callable[[Mapping[str, JsonValue]], None] | None = None,
) -> Iterator[ResultT]:
    """Do the jobs, and yield each result as its job ends; see `handeye.evals.pool.processes.run_all`."""
    if workers.ray is None:
        return run_all(jobs, crew, workers.count, on_ready)
    return run_on_ray(jobs, crew, workers.count, workers.ray, on_ready)
