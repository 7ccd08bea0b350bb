"""The section of a summary: both families of tasks, by our count and by AndroidWorld's, under the label.

AndroidWorld reads a reward by `float(int(reward))`, which fails on anything but a whole number; the episode then counts
as not run and falls out of its mean. So a click that is somewhat off, or a lost game of tic-tac-toe (-0.75), does not
lower it. Here such an episode is a failure, and both means are given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from handeye.evals.mobile_miniwob.names import MINIWOB, MINIWOB_SUBSET, WHOLE_IN_ANDROID_WORLD
from handeye.evals.record import Record
from handeye.evals.statistics.wilson import wilson

FAMILIES: Final = {"miniwob": MINIWOB, "miniwob_subset": MINIWOB_SUBSET}
"""The families by the names that AndroidWorld gives them."""
_NOTE: Final = (
    "upstream: the mean as AndroidWorld computes it, which drops the episodes with an error, and those whose reward is "
    "no whole number, since it cannot read them; in the mean before it both are failures."
)


@dataclass(frozen=True, slots=True)
class Families:
    """The rates of the two families."""

    label: str
    """Says of every score that it is a proxy."""
    left_out: Sequence[str] = ()
    """The tasks that have no page in this run."""
    own_pages: bool = True
    """Whether the pages are the package's, some of which give a part of the reward where AndroidWorld's give none."""

    @property
    def name(self) -> str:
        """Its key in the summary."""
        return "families"

    def summarise(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return the rates, ready for JSON. A mean is over tasks, and None if nothing of the family was played."""
        return {
            "label": self.label,
            "left_out": list(self.left_out),
            "families": {name: self._family(tasks, records) for name, tasks in FAMILIES.items()},
        }

    def show(self, part: Mapping[str, Any]) -> Sequence[RenderableType]:
        """Return the label and the rates for the terminal."""
        shown = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        shown.add_column("family", no_wrap=True)
        for name in ("tasks", "solved", "mean", "95 %", "upstream", "dropped"):
            shown.add_column(name, justify="right")
        for name, row in part["families"].items():
            low, high = row["interval"]
            shown.add_row(
                name,
                f"{row['played']}/{row['tasks']}",
                f"{row['successes']}/{row['episodes']}",
                _percent(row["mean"]),
                f"{low * 100:.0f}-{high:.0%}" if row["episodes"] else "",
                _percent(row["upstream_mean"]),
                str(row["upstream_dropped"]),
            )
        lines: list[RenderableType] = [
            Text(f"{part['label'].upper()}: no score of this run is one of MobileMiniWoB++.", "bold")
        ]
        if part["left_out"]:
            names = ", ".join(part["left_out"])
            lines.append(Text(f"Not played: {names}, whose page only AndroidWorld has (--android-world FOLDER)."))
        return (*lines, shown, Text(_NOTE, "dim"))

    def _family(self, tasks: Sequence[str], records: Sequence[Record]) -> dict[str, Any]:
        own = [record for record in records if record.task in tasks]
        played = list(dict.fromkeys(record.task for record in own))
        read = [record for record in own if self._reads(record)]
        successes = sum(record.success for record in own)
        return {
            "tasks": len(tasks),
            "played": len(played),
            "episodes": len(own),
            "successes": successes,
            "mean": _mean(own),
            "interval": list(wilson(successes, len(own))),
            "upstream_mean": _mean(read),
            "upstream_dropped": len(own) - len(read),
        }

    def _reads(self, record: Record) -> bool:
        """Return whether AndroidWorld can read the reward of an episode."""
        if record.error is not None:
            return False
        return record.reward.is_integer() or (self.own_pages and record.task in WHOLE_IN_ANDROID_WORLD)


def _mean(records: Sequence[Record]) -> float | None:
    by_task: dict[str, list[bool]] = {}
    for record in records:
        by_task.setdefault(record.task, []).append(record.success)
    return fmean(map(fmean, by_task.values())) if by_task else None


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"
