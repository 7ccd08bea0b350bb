"""The progress of a run in the terminal: how many, how fast, how well so far, how long still."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from handeye.evals.statistics.wilson import wilson


class RunProgress:
    """A bar that counts results and says the share of right ones with its interval. A context manager."""

    def __init__(self, console: Console, noun: str, total: int, done: int, right: float) -> None:
        """`noun` names what is counted, such as "episodes"; `done` and `right` count what was there before."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[score]}"),
            _RateColumn(),
            TimeRemainingColumn(),
            console=console,
        )
        self._done = done
        self._right = right
        self._task = self._progress.add_task(noun, total=total, completed=done, score=self._score())

    def add(self, right: float) -> None:
        """Count a result, which is right, wrong, or something between 1 and 0."""
        self._done += 1
        self._right += right
        self._progress.update(self._task, advance=1, score=self._score())

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def _score(self) -> str:
        if self._done == 0:
            return ""
        low, high = wilson(self._right, self._done)
        return f"{self._right / self._done:.1%} ({low * 100:.0f}-{high:.0%})"


class _RateColumn(ProgressColumn):
    """How many results there are a minute."""

    def render(self, task: Task) -> Text:
        return Text("" if not task.speed else f"{task.speed * 60:.0f}/min")
