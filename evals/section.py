"""A benchmark's own part of a summary: what the rates of its tasks do not say."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from rich.console import RenderableType

from handeye.evals.record import Record


class Section(Protocol):
    """One part: computed from the records, kept in `summary.json`, and shown from there."""

    @property
    def name(self) -> str:
        """Its key in `summary.json`."""

    def summarise(self, records: Sequence[Record]) -> dict[str, Any]:
        """Return it ready for JSON, from the newest record of each episode. There may be none."""

    def show(self, part: Mapping[str, Any]) -> Sequence[RenderableType]:
        """Return it for the terminal, from what `summarise` has returned."""
