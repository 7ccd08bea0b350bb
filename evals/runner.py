"""A run: worker processes play the requested episodes that a results folder does not contain yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from handeye.evals.pool import play_all
from handeye.evals.record import EpisodeLog, Record, latest
from handeye.evals.summary import summarise, write_summary
from handeye.evals.worker import Job, WorkerSettings


def run(
    jobs: Sequence[Job],
    settings: WorkerSettings,
    directory: Path,
    *,
    workers: int,
    protocol: str,
    console: Console,
    max_steps: int | None = None,
    retry_errors: bool = False,
) -> dict[str, Any]:
    """Play the jobs that `directory` has no record of, and return the summary of all its records.

    Each record is on the disk before the next one is awaited, and the summary is written however the run ends, so
    Ctrl-C loses only the episodes in progress. `max_steps` is given if it overrides the tasks' own limits. With
    `retry_errors`, the episodes whose newest record has an error are played again; the earlier record stays, and the
    newest one counts. Raises `ResultsError` if the folder belongs to another run, and `WorkerFailed`.
    """
    with EpisodeLog(directory) as log:
        log.require(settings.name, max_steps, settings.profile)
        left = _left(jobs, log.records, retry_errors)
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[solved]} solved"),
            TimeRemainingColumn(),
            console=console,
        )
        solved = sum(record.success for record in latest(log.records))
        try:
            with progress:
                bar = progress.add_task("episodes", total=len(jobs), completed=len(jobs) - len(left), solved=solved)
                for record in play_all(left, settings, workers):
                    log.append(record)
                    solved += record.success
                    progress.update(bar, advance=1, solved=solved)
        finally:
            summary = summarise(log.records, protocol)
            write_summary(directory, summary)
    return summary


def _left(jobs: Sequence[Job], records: Sequence[Record], retry_errors: bool) -> list[Job]:
    """Return what is left to play: jobs without a record, and with `retry_errors` those that ended with an error."""
    newest = {(record.task, record.seed): record for record in records}
    left = []
    for job in jobs:
        record = newest.get((job.task, job.seed))
        if record is None:
            left.append(job)
        elif retry_errors and record.error is not None:
            left.append(job._replace(attempt=record.attempt + 1))
    return left
