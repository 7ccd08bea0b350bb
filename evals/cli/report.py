"""A run of an eval from the command line: play, print the table, and end with the status that says how it went."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer
from rich.console import Console

from handeye.evals.summary import SUMMARY, error_lines, table

if TYPE_CHECKING:
    from handeye.evals.worker import Job, WorkerSettings


def play_and_report(
    jobs: Sequence["Job"],
    settings: "WorkerSettings",
    out: Path,
    *,
    workers: int,
    protocol: str,
    max_steps: int | None,
) -> NoReturn:
    """Play what `out` has no record of, and exit: 0 all were played, 1 some broke. Raises `HandeyeError`."""
    from handeye.evals.runner import run

    console = Console(highlight=False)
    try:
        summary = run(jobs, settings, out, workers=workers, protocol=protocol, console=console, max_steps=max_steps)
    except KeyboardInterrupt:
        console.print(
            f"interrupted: what was played is in {out}, and the same command goes on", soft_wrap=True, markup=False
        )
        raise
    console.print(table(summary))
    for line in error_lines(summary):
        console.print(line, style="red", markup=False, soft_wrap=True)
    console.print(f"summary: {(out / SUMMARY).resolve()}", style="dim", soft_wrap=True, markup=False)
    raise typer.Exit(1 if summary["errors"] else 0)
