"""The scores of a run: as AndroidWorld computes them and as handeye does, side by side, and by kind of task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from handeye.agent.outcome import StopReason
from handeye.evals.androidworld.catalog import DIFFICULTIES, TaskFacts
from handeye.evals.androidworld.task import PARTIAL
from handeye.evals.record import Record
from handeye.evals.results.rates import bounds
from handeye.evals.samples.scores import Rate

UPSTREAM: Final = "android_world"
OURS: Final = "handeye"
REACHED: Final = "goal reached"
DEFINITIONS: Final[Mapping[str, str]] = {
    UPSTREAM: (
        "as suite_utils.process_episodes: the mean over tasks of what the task's check gives, parts of a goal "
        "included, 0 unless the agent said that it is done; episodes with an exception are left out"
    ),
    OURS: (
        "the mean over tasks of the share of episodes whose goal was reached in full and whose agent said so; "
        "episodes with an error count as failures"
    ),
    REACHED: "as handeye, whether or not the agent said that it is done: more only if it did not notice",
}
_UNTAGGED: Final = "untagged"


@dataclass(frozen=True, slots=True)
class Scores:
    """The section of AndroidWorld's summary."""

    tasks: Mapping[str, TaskFacts]
    is_miniwob: bool

    @property
    def name(self) -> str:
        """Its key in the summary."""
        return "androidworld"

    def summarise(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return the three scores: of all tasks, by difficulty and by tag; and what android_world leaves out.

        `interval` is that of ours at 95 %.
        """
        return {
            "definitions": dict(DEFINITIONS),
            "all": self._scores(records),
            "difficulty": self._rows(records, self._difficulties),
            "tags": self._rows(records, self._tags),
            "left_out": [
                {"task": record.task, "seed": record.seed, "reward": record.reward, "why": why}
                for record in records
                if (why := self._left_out(record)) is not None
            ],
        }

    def show(self, part: Mapping[str, Any]) -> Sequence[RenderableType]:
        """Return a table of all groups, and below it what the columns mean."""
        shown = Table(box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False)
        everything = part["all"]
        footers = (str(everything["tasks"]), *_cells(everything))
        shown.add_column("tasks of", footer="all", no_wrap=True)
        for title, footer in zip(("tasks", *DEFINITIONS, "95 %"), footers, strict=True):
            shown.add_column(title, justify="right", footer=footer, no_wrap=True)
        for kind in ("difficulty", "tags"):
            for group, row in part[kind].items():
                shown.add_row(group, str(row["tasks"]), *_cells(row))
            shown.add_section()
        lines = [Text(f"{name}: {meaning}", "dim") for name, meaning in part["definitions"].items()]
        partial = sum(each["why"] == PARTIAL for each in part["left_out"])
        if part["left_out"]:
            lines.append(
                Text(f"{UPSTREAM} leaves out {len(part['left_out'])} episodes, {partial} of them for {PARTIAL}", "red")
            )
        return (shown, *lines)

    def _scores(self, records: Sequence[Record]) -> dict[str, Any]:
        by_task: dict[str, list[Record]] = {}
        for record in records:
            by_task.setdefault(record.task, []).append(record)
        kept = [[self._upstream(record) for record in played] for played in by_task.values()]
        counted = [[value for value in values if value is not None] for values in kept]
        rate = Rate.of([float(record.success) for record in records], [record.task for record in records])
        return {
            "tasks": len(by_task),
            "episodes": len(records),
            "interval": list(bounds(rate)),
            "scores": {
                UPSTREAM: _mean([fmean(values) for values in counted if values]),
                OURS: _mean([fmean(record.success for record in played) for played in by_task.values()]),
                REACHED: _mean([fmean(map(_reached, played)) for played in by_task.values()]),
            },
        }

    def _rows(self, records: Sequence[Record], groups_of: Callable[[str], Sequence[str]]) -> dict[str, Any]:
        members: dict[str, list[Record]] = {}
        for record in records:
            for group in groups_of(record.task):
                members.setdefault(group, []).append(record)
        order = [*(name for name in DIFFICULTIES if name in members), *sorted(members.keys() - set(DIFFICULTIES))]
        return {group: self._scores(members[group]) for group in order}

    def _difficulties(self, task: str) -> Sequence[str]:
        facts = self.tasks.get(task)
        return () if facts is None or not facts.difficulty else (facts.difficulty,)

    def _tags(self, task: str) -> Sequence[str]:
        """Return the tags of a task whose difficulty is known: of others nothing is."""
        facts = self.tasks.get(task)
        return () if facts is None or not facts.difficulty else facts.tags or (_UNTAGGED,)

    def _upstream(self, record: Record) -> float | None:
        """Return what android_world counts of an episode; None if it leaves it out."""
        if self._left_out(record) is not None:
            return None
        return record.reward if record.stop is not None and StopReason(record.stop).final else 0.0

    def _left_out(self, record: Record) -> str | None:
        if record.error is not None:
            return record.error
        # The check of a page gives 0 or 1; only a reward that it could not read is anything else.
        return PARTIAL if self.is_miniwob and not record.reward.is_integer() else None


def _reached(record: Record) -> bool:
    return record.error is None and record.reward == 1.0


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scores of a group, and the interval of ours."""
    low, high = row["interval"]
    scores = (_percent(row["scores"][name]) for name in DEFINITIONS)
    return (*scores, f"{low * 100:.0f}-{high:.0%}" if row["episodes"] else "")


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
