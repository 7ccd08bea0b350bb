"""A run: worker processes play the requested episodes that a results folder does not contain yet."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import JsonValue
from rich.console import Console

from handeye.evals.facts import adapters_of
from handeye.evals.manifest import Manifest
from handeye.evals.pool.remaining import remaining
from handeye.evals.pool.run import Workers, run_jobs
from handeye.evals.progress import RunProgress
from handeye.evals.record import EpisodeLog, latest
from handeye.evals.section import Section
from handeye.evals.summary import summarise, write_summary
from handeye.evals.worker import Job, WorkerSettings, crew_of


def run(
    jobs: Sequence[Job],
    settings: WorkerSettings,
    directory: Path,
    *,
    workers: Workers,
    protocol: str,
    console: Console,
    facts: Mapping[str, JsonValue] | None = None,
    sections: Sequence[Section] = (),
    max_steps: int | None = None,
    retry_errors: bool = False,
) -> dict[str, Any]:
    """Play the jobs that `directory` has no record of, and return the summary of all its records.

    Each record is on the disk before the next one is awaited, and the summary is written however the run ends, so
    Ctrl-C loses only the episodes in progress. `facts` go into the manifest, and a run with others, or with other
    adapters, is another run.
    `max_steps` is given if it overrides the tasks' own limits. With `retry_errors`, the episodes whose newest record
    has an error are played again; the earlier record stays, and the newest one counts. Raises `ResultsError` if the
    folder belongs to another run, and `WorkerFailed`.
    """
    local = settings.local
    identity = {
        **(facts or {}),
        "adapters": adapters_of(local),
        "backend": local.backend.value,
        "constrained": local.constrain,
    }
    with EpisodeLog(directory) as log:
        log.require(settings.name, max_steps, settings.profile)
        newest = {record.episode: record for record in log.records}
        left = remaining(
            jobs,
            lambda job: newest.get(job.episode),
            lambda job, attempt: job._replace(attempt=attempt),
            retry_errors,
        )
        manifest = Manifest(directory)
        manifest.require(identity)
        manifest.begin(
            {
                "model": settings.model,
                "server": settings.server,
                "protocol": protocol,
                "seeds": _range({job.seed for job in jobs}),
                "repeats": max((job.repeat for job in jobs), default=0) + 1,
                **identity,
            },
            workers.count,
        )
        before = len(log.records)
        solved = sum(record.success for record in latest(log.records))
        try:
            with RunProgress(console, "episodes", len(jobs), len(jobs) - len(left), solved) as progress:
                for record in run_jobs(left, crew_of(settings), workers, manifest.add):
                    log.append(record)
                    progress.add(record.success)
        finally:
            summary = summarise(log.records, protocol, sections)
            write_summary(directory, summary)
            manifest.end(len(log.records) - before, {"tokens": summary["tokens"]})
    return summary


def _range(seeds: Collection[int]) -> dict[str, JsonValue]:
    """Return the first and the last seed; empty without seeds."""
    return {"first": min(seeds), "last": max(seeds)} if seeds else {}
