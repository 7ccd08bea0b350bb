"""The results of a run: rates with intervals, as JSON and as a table."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from handeye.agent.caption import printable
from handeye.agent.journal.durable import write_whole
from handeye.evals.errors import ResultsError
from handeye.evals.record import Record, latest
from handeye.evals.section import Section
from handeye.evals.statistics.repeats import flip_rate, pass_hat
from handeye.evals.statistics.wilson import wilson

SUMMARY = "summary.json"
ERRORS_SHOWN = 5


def summarise(records: Sequence[Record], protocol: str, sections: Sequence[Section] = ()) -> dict[str, Any]:
    """Return the summary of a folder's records, ready for JSON.

    Of an episode that was tried several times, the newest record counts; `retried` says how many there are, and how
    many of them still failed with an error. An episode that failed with an error counts as not solved, so that no crash
    raises a rate, and is listed. `mean_rate` is the mean over tasks, None without episodes. Of repeated episodes,
    `flip_rate` is the share whose repeats differ, and `pass_hat` holds pass^k for k from 1.
    It also holds the benchmark's own sections, by their names.
    """
    records = latest(records)
    again = [record for record in records if record.attempt > 1]
    tasks = {name: _task([r for r in records if r.task == name]) for name in dict.fromkeys(r.task for r in records)}
    seeds = [record.seed for record in records]
    return {
        "model": records[0].model if records else None,
        "profiles": sorted({f"{record.profile} {record.profile_hash}" for record in records if record.profile}),
        "images": _images(records),
        "tokens": {
            "prompt": sum(record.prompt_tokens for record in records),
            "generated": sum(record.generated_tokens for record in records),
        },
        "protocol": protocol,
        "version": version("handeye"),
        "seeds": {"first": min(seeds), "last": max(seeds)} if seeds else None,
        "max_steps": {record.task: record.max_steps for record in records},
        "episodes": len(records),
        "successes": sum(record.success for record in records),
        "mean_rate": fmean(task["rate"] for task in tasks.values()) if tasks else None,
        "tasks": tasks,
        **_repeated(records),
        **{section.name: section.summarise(records) for section in sections},
        "retried": {"episodes": len(again), "errors": sum(record.error is not None for record in again)},
        "errors": [
            {"task": record.task, "seed": record.seed, "error": record.error}
            for record in records
            if record.error is not None
        ],
    }


def _repeated(records: Sequence[Record]) -> dict[str, Any]:
    """Return how steady repeated episodes are; nothing without repeats."""
    episodes: dict[tuple[str, int], list[bool]] = {}
    for record in records:
        episodes.setdefault((record.task, record.seed), []).append(record.success)
    outcomes = list(episodes.values())
    least = min(map(len, outcomes), default=1)
    if max(map(len, outcomes), default=1) == 1:
        return {}
    return {"flip_rate": flip_rate(outcomes), "pass_hat": [pass_hat(outcomes, k) for k in range(1, least + 1)]}


def _images(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return each size at which the first screenshots were seen, in pixels, and its visual tokens."""
    seen = {record.image for record in records if record.image is not None}
    return [{"size": list(image.size), "visual_tokens": image.tokens} for image in sorted(seen, key=lambda i: i.size)]


def _task(records: Sequence[Record]) -> dict[str, Any]:
    successes = sum(record.success for record in records)
    low, high = wilson(successes, len(records))
    return {
        "episodes": len(records),
        "successes": successes,
        "rate": successes / len(records),
        "low": low,
        "high": high,
        "mean_reward": fmean(record.reward for record in records),
        "mean_steps": fmean(record.steps for record in records),
        "mean_seconds": fmean(record.seconds for record in records),
        "errors": sum(record.error is not None for record in records),
    }


def write_summary(directory: Path, summary: dict[str, Any]) -> Path:
    """Write the summary atomically, and return its path."""
    path = directory / SUMMARY
    try:
        write_whole(path, json.dumps(summary, indent=2, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error
    return path


def table(summary: dict[str, Any]) -> Table:
    """Return the rates as a table for the terminal."""
    shown = Table(box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False)
    mean = summary["mean_rate"]
    shown.add_column("task", footer=f"mean of {len(summary['tasks'])}", no_wrap=True)
    for name, footer in (
        ("solved", f"{summary['successes']}/{summary['episodes']}"),
        ("rate", "" if mean is None else f"{mean:.0%}"),
        ("95 %", ""),
        ("steps", ""),
        ("s", ""),
        ("errors", str(len(summary["errors"]))),
    ):
        shown.add_column(name, justify="right", footer=footer, no_wrap=True)
    for name, task in summary["tasks"].items():
        tone = "green" if task["rate"] >= 0.8 else "yellow" if task["rate"] >= 0.4 else "red"
        shown.add_row(
            name,
            f"{task['successes']}/{task['episodes']}",
            Text(f"{task['rate']:.0%}", tone),
            f"{task['low'] * 100:.0f}-{task['high']:.0%}",
            f"{task['mean_steps']:.1f}",
            f"{task['mean_seconds']:.1f}",
            Text(str(task["errors"]), "red" if task["errors"] else "dim"),
        )
    return shown


def error_lines(summary: dict[str, Any]) -> list[str]:
    """Return the first errors, one per line, and how many more there are."""
    errors = summary["errors"]
    lines = [f"{e['task']} {e['seed']}: {printable(e['error'])}" for e in errors[:ERRORS_SHOWN]]
    if len(errors) > ERRORS_SHOWN:
        lines.append(f"and {len(errors) - ERRORS_SHOWN} more in {SUMMARY}")
    return lines


def repeat_line(summary: dict[str, Any]) -> str | None:
    """Return how steady repeated episodes are; None without repeats."""
    if "flip_rate" not in summary:
        return None
    chances = ", ".join(f"pass^{k} {rate:.1%}" for k, rate in enumerate(summary["pass_hat"], start=1))
    return f"of the repeated episodes {summary['flip_rate']:.1%} changed between repeats; {chances}"


def retry_line(summary: dict[str, Any]) -> str | None:
    """Return how many episodes were tried again, and how many still failed; None if none was tried again."""
    episodes, errors = summary["retried"]["episodes"], summary["retried"]["errors"]
    if episodes == 0:
        return None
    return f"tried again after an error: {episodes}, of which {errors} failed again"
