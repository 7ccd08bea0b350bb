"""All that a results folder says by one judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from handeye.evals.results.answer import Answer, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSummary:
    """What one judge says of a run in two numbers and a line."""

    name: str
    protocol: str
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run, read back."""

    folder: Path
    kind: Literal["samples", "episodes"]
    benchmark: str
    """The name of its command."""
    title: str
    """The benchmark as people write it."""
    model: str
    judge: str
    """The name of the judge; "success" of episodes."""
    protocol: str
    items: Sequence[Item]
    """Those that count, in the order of the dataset, or as they were played."""
    manifest: Mapping[str, Any]
    """As it is on disk; empty if there is none."""
    groupings: Sequence[str] = ()
    """What tables are made by, the most telling first."""
    macro: tuple[str, ...] = ()
    """The groups whose cells are averaged for the macro average."""
    labels: str = ""
    """What the confusion matrix is of."""
    confusion: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """How often what was meant, a row, got what answer, a column."""
    judges: Sequence[JudgeSummary] = ()
    """What all judges of the benchmark say, this one included."""
    notes: Sequence[str] = ()
    """What a reader of the scores must know."""
    pages: str = ""
    """The page of all kept episodes, from the folder; empty if there is none."""
    excluded: int = 0
    """Samples that the judge leaves out."""
    missing: int = 0
    """Samples without a prediction."""

    @property
    def answers(self) -> list[Answer]:
        """Every repeat of every item."""
        return [answer for item in self.items for answer in item.answers]

    @property
    def name(self) -> str:
        """What tells it from other runs: the name of its folder."""
        return self.folder.resolve().name

    @property
    def repeats(self) -> int:
        """The largest number of repeats of an item; 1 without items."""
        return max((len(item.answers) for item in self.items), default=1)

    @property
    def started(self) -> str:
        """When it was first started, as ISO 8601; empty if that is not known."""
        runs = self.manifest.get("runs")
        first = runs[0] if isinstance(runs, list) and runs else None
        return str(first.get("started", "")) if isinstance(first, dict) else ""

    @property
    def digest(self) -> str:
        """The hash of the dataset; of episodes, of the protocol's text. Empty if it is not known."""
        if self.kind == "episodes":
            return self.protocol
        dataset = self.manifest.get("dataset")
        return str(dataset.get("digest", "")) if isinstance(dataset, dict) else ""

    def fact(self, name: str) -> str:
        """Return a fact of the manifest as text; empty if it has none."""
        value = self.manifest.get(name)
        return "" if value is None or isinstance(value, dict | list) else str(value)
