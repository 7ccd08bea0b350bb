"""A run: worker processes play the requested episodes that a results folder does not contain yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from handeye.evals.pool import play_all
from handeye.evals.record import EpisodeLog
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
) -> dict[str, Any]:
    """Play the jobs that `directory` has no record of, and return the summary of all its records.

    Each record is on the disk before the next one is awaited, and the summary is written however the run ends, so
    Ctrl-C loses only the episodes in progress. `max_steps` is given if it overrides the tasks' own limits. Raises
    `ResultsError` if the folder belongs to another run, and `WorkerFailed`.
    """
    with EpisodeLog(directory) as log:
        log.require(settings.model, max_steps)
        done = {(record.task, record.seed) for record in log.records}
        left = [job for job in jobs if (job.task, job.seed) not in done]
        progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[solved]} solved"),
            TimeRemainingColumn(),
            console=console,
        )
        solved = sum(record.success for record in log.records)
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
