"""Rates by group of tasks, under each of several rules of what counts as solved.

Published figures of one benchmark may count differently; side by side, each can be compared with its like.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from handeye.evals.record import Record
from handeye.evals.statistics.wilson import wilson

ALL: Final = "all"
"""The row of all episodes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What counts as solved."""

    name: str
    holds: Callable[[float], bool]
    """Of the reward, on the eval's own scale."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """How an eval's episodes are grouped and counted: a section of its summary."""

    kind: str
    """What a group is, such as category."""
    group: Callable[[str], str]
    """Returns the group of a task."""
    groups: Sequence[str]
    """All groups, in the order of the rows."""
    rules: Sequence[Rule]

    @property
    def name(self) -> str:
        """Its key in the summary."""
        return "breakdown"

    def show(self, part: Mapping[str, Any]) -> Sequence[RenderableType]:
        """Return the rates as a table for the terminal."""
        return (breakdown_table(part),)

    def summarise(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return for each group that was played, and for all episodes, how many are solved under each rule.

        Ready for JSON. An episode with an error counts as not solved under every rule.
        """
        found = {name: [record for record in records if self.group(record.task) == name] for name in self.groups}
        rows = {name: members for name, members in found.items() if members} | {ALL: list(records)}
        return {
            "kind": self.kind,
            "rules": [rule.name for rule in self.rules],
            "rows": {name: self._row(members) for name, members in rows.items()},
        }

    def _row(self, records: Sequence[Record]) -> dict[str, Any]:
        counts = {
            rule.name: sum(record.error is None and rule.holds(record.reward) for record in records)
            for rule in self.rules
        }
        return {
            "tasks": len({record.task for record in records}),
            "episodes": len(records),
            "solved": {name: _rate(count, len(records)) for name, count in counts.items()},
        }


def breakdown_table(rates: Mapping[str, Any]) -> Table:
    """Return the rates as a table for the terminal, each with its interval of 95 %."""
    shown = Table(box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False)
    rows = dict(rates["rows"])
    last = rows.pop(ALL)
    shown.add_column(rates["kind"], footer=ALL, no_wrap=True)
    shown.add_column("tasks", justify="right", footer=str(last["tasks"]), no_wrap=True)
    shown.add_column("episodes", justify="right", footer=str(last["episodes"]), no_wrap=True)
    for rule in rates["rules"]:
        shown.add_column(rule, justify="right", footer=_cell(last, rule), no_wrap=True)
    for name, row in rows.items():
        shown.add_row(name, str(row["tasks"]), str(row["episodes"]), *(_cell(row, rule) for rule in rates["rules"]))
    return shown


def _rate(successes: int, episodes: int) -> dict[str, Any]:
    low, high = wilson(successes, episodes)
    return {
        "successes": successes,
        "rate": successes / episodes if episodes else None,
        "low": low,
        "high": high,
    }


def _cell(row: Mapping[str, Any], rule: str) -> str:
    solved = row["solved"][rule]
    if solved["rate"] is None:
        return ""
    return f"{solved['rate']:4.0%} {solved['low'] * 100:3.0f}-{solved['high']:<4.0%}"
