"""OSWorld's own part of a summary: raw and binary scores, what cannot be done apart, and upstream's mean."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table

from handeye.evals.osworld.tasks import Tasks, domain_of
from handeye.evals.record import Record
from handeye.evals.results.rates import bounds
from handeye.evals.samples.scores import Rate

ALL: Final = "all"
_FEASIBLE: Final = "feasible"
_INFEASIBLE: Final = "infeasible"


class OSWorldScores:
    """The section of a run."""

    def __init__(self, tasks: Tasks) -> None:
        """Take the tasks that there are: which cannot be done is read in their files."""
        self._tasks = tasks
        self._asked = 0

    def ask(self, names: Sequence[str]) -> None:
        """Take note of which tasks the command asks for."""
        self._asked = len(names)

    @property
    def name(self) -> str:
        """Its key in the summary."""
        return "osworld"

    def summarise(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return the means by domain, of what can be done and what cannot, and of all; and upstream's mean.

        An episode with an error scores 0. Upstream writes no result of it, and leaves it out.
        """
        infeasible = self._tasks.infeasible({record.task for record in records})
        groups: dict[str, Callable[[Record], bool]] = {
            **{domain: _in(domain) for domain in self._tasks.domains},
            _FEASIBLE: lambda record: record.task not in infeasible,
            _INFEASIBLE: lambda record: record.task in infeasible,
            ALL: lambda record: True,
        }
        rows = {name: [record for record in records if belongs(record)] for name, belongs in groups.items()}
        counted = [record for record in records if record.error is None]
        return {
            "max_steps": sorted({record.max_steps for record in records}),
            "asked": self._asked,
            "rows": {name: _row(members) for name, members in rows.items() if members or name == ALL},
            "upstream": {
                "episodes": len(counted),
                "left_out": len(records) - len(counted),
                "mean": sum(record.reward for record in counted) / len(counted) if counted else None,
            },
        }

    def show(self, part: Mapping[str, Any]) -> Sequence[RenderableType]:
        """Return the rows as a table, and a line on upstream's mean."""
        rows = dict(part["rows"])
        last = rows.pop(ALL)
        shown = Table(box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False)
        shown.add_column("domain", footer=ALL, no_wrap=True)
        for title, key in (("tasks", "tasks"), ("raw mean", "raw"), ("score 1", "binary"), ("errors", "errors")):
            shown.add_column(title, justify="right", footer=_cell(last[key]), no_wrap=True)
        for name, row in rows.items():
            shown.add_row(name, *(_cell(row[key]) for key in ("tasks", "raw", "binary", "errors")))
        return shown, _note(part, last)


def _in(domain: str) -> Callable[[Record], bool]:
    return lambda record: domain_of(record.task) == domain


def _row(records: Sequence[Record]) -> dict[str, Any]:
    rewards = [0.0 if record.error is not None else record.reward for record in records]
    names = [record.task for record in records]
    return {
        "tasks": len(set(names)),
        "episodes": len(records),
        "raw": _rate([min(1.0, max(0.0, reward)) for reward in rewards], names),
        "binary": _rate([float(reward == 1) for reward in rewards], names),
        "errors": sum(record.error is not None for record in records),
    }


def _rate(values: Sequence[float], names: Sequence[str]) -> dict[str, float]:
    """Return the mean, and the wider of Wilson's interval and the one by resampling tasks."""
    rate = Rate.of(values, names)
    low, high = bounds(rate)
    return {"mean": rate.rate, "low": low, "high": high}


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value['mean']:.1%} {value['low'] * 100:.0f}-{value['high']:.0%}"


def _note(part: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    steps = ", ".join(map(str, part["max_steps"])) or "no"
    upstream = part["upstream"]
    mean = "nothing" if upstream["mean"] is None else f"{upstream['mean']:.1%}"
    return (
        f"up to {steps} steps; {last['tasks']} of {part['asked']} tasks played; upstream's mean, which leaves out "
        f"{upstream['left_out']} with an error: {mean}"
    )
