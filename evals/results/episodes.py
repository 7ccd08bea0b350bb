"""The results of an eval whose episodes were played, from their records."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from handeye.agent.journal.writer import JOURNAL, PAGE
from handeye.evals.manifest import read_manifest
from handeye.evals.record import Record, latest, read_records
from handeye.evals.results.answer import Answer, Item
from handeye.evals.results.run import JudgeSummary, Results
from handeye.evals.statistics.wilson import wilson
from handeye.evals.summary import SUMMARY
from handeye.evals.worker import Job

JUDGE = "success"
"""What the one judge of episodes is called: the task itself."""
JOURNALS = "journals"
_TITLES = {
    "androidworld": "AndroidWorld",
    "miniwob": "MiniWoB++",
    "mobile-miniwob": "MobileMiniWob++",
    "osworld": "OSWorld",
    "simulated-phone": "the simulated phone",
}
"""Benchmarks as people write them, by their commands."""


def results_of_episodes(folder: Path) -> Results:
    """Read the newest record of each episode. Raises `ResultsError`."""
    records = latest(read_records(folder))
    manifest = read_manifest(folder)
    summary = _summary(folder)
    protocol = str(manifest.get("protocol") or summary.get("protocol") or "the task's own")
    by_episode: dict[tuple[str, int], list[Record]] = {}
    for record in records:
        by_episode.setdefault((record.task, record.seed), []).append(record)
    items = [_item(folder, repeats) for repeats in by_episode.values()]
    right = sum(item.success for item in items)
    low, high = wilson(min(right, len(items)), len(items))
    name = str(manifest.get("benchmark") or folder.resolve().name)
    model = str(manifest.get("model") or (records[0].model if records else ""))
    return Results(
        folder=folder,
        kind="episodes",
        benchmark=name,
        title=str(manifest.get("title") or _TITLES.get(name, name)),
        model=model,
        judge=JUDGE,
        protocol=protocol,
        items=items,
        manifest=manifest or _facts(records),
        groupings=("task",),
        pages=f"{JOURNALS}/{PAGE}" if any(folder.glob(f"{JOURNALS}/*/{JOURNAL}")) else "",
        judges=[
            JudgeSummary(name=JUDGE, protocol=protocol, rate=right / len(items) if items else 0.0, low=low, high=high)
        ],
    )


def _item(folder: Path, repeats: Sequence[Record]) -> Item:
    first = repeats[0]
    return Item(
        id=f"{first.task} {first.seed}",
        instruction=first.instruction,
        cluster=f"{first.task} {first.seed}",
        answers=tuple(_answer(folder, each) for each in sorted(repeats, key=lambda each: each.repeat)),
        groups={"task": first.task},
    )


def _answer(folder: Path, record: Record) -> Answer:
    counted = record.prompt_tokens > 0
    return Answer(
        repeat=record.repeat,
        right=record.success,
        error=record.error,
        seconds=record.seconds,
        prompt_tokens=record.prompt_tokens if counted else None,
        generated_tokens=record.generated_tokens if counted else None,
        visual_tokens=None if record.image is None else record.image.tokens,
        text="" if record.stop is None else f"ended: {record.stop.replace('_', ' ')}",
        reason="" if record.success or record.error else _ending(record),
        steps=record.steps,
        reward=record.reward,
        page=_page(folder, record),
    )


def _ending(record: Record) -> str:
    """Return how an episode ended that was not solved."""
    stop = "" if record.stop is None else f", {record.stop.replace('_', ' ')}"
    return f"reward {record.reward:g}{stop} after {record.steps} {'step' if record.steps == 1 else 'steps'}"


def _page(folder: Path, record: Record) -> str:
    """Return the path of the episode's page from the folder; empty if there is no journal."""
    name = Job(record.task, record.seed, record.max_steps, record.attempt, record.repeat).folder
    if Path(name).name != name or not (folder / JOURNALS / name / JOURNAL).is_file():
        return ""
    return f"{JOURNALS}/{name}/{PAGE}"


def _summary(folder: Path) -> Mapping[str, Any]:
    try:
        found = json.loads((folder / SUMMARY).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _facts(records: Sequence[Record]) -> dict[str, Any]:
    """Return what the records say where an older run has left no manifest."""
    profile = next((record for record in records if record.profile is not None), None)
    if profile is None:
        return {}
    return {"model": profile.model, "profile": profile.profile, "profile_hash": profile.profile_hash}
