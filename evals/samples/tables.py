"""The scores of a run as tables for the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from handeye.evals.samples.benchmark import Benchmark, Table
from handeye.evals.samples.scores import Rate, Scores


def percent(rate: Rate) -> str:
    """Return a rate with its wider interval, such as "84.7 % (82.6-86.6)"."""
    low, high = min(rate.low, rate.clustered_low), max(rate.high, rate.clustered_high)
    return f"{rate.rate * 100:.1f} % ({low * 100:.1f}-{high * 100:.1f})"


def overall_table(scores: Sequence[Scores]) -> Grid:
    """Return a row for each judge. The interval is the wider one of Wilson's and that by images or episodes."""
    grid = _grid()
    grid.add_column("judge", no_wrap=True)
    with_macro = any(each.macro is not None for each in scores)
    parts = list(dict.fromkeys(name for each in scores for name in each.parts))
    for name in ("samples", "right (95 %)", *(("macro",) if with_macro else ()), *parts, "format", "errors"):
        grid.add_column(name, justify="right")
    for each in scores:
        macro = ("" if each.macro is None else f"{each.macro * 100:.1f} %",) if with_macro else ()
        shares = (f"{each.parts[name].rate * 100:.1f} %" if name in each.parts else "" for name in parts)
        grid.add_row(
            each.judge,
            str(each.overall.samples),
            percent(each.overall),
            *macro,
            *shares,
            _count(each.wrong_format),
            _count(each.errors),
        )
    return grid


def group_table(scores: Scores, table: Table) -> Grid:
    """Return the rates of two groups against each other, or of one."""
    grid = _grid()
    grid.add_column(table.rows, no_wrap=True)
    rows = scores.groups.get(table.rows, {})
    columns = scores.groups.get(table.columns, {}) if table.columns else {}
    for name in columns:
        grid.add_column(name, justify="right")
    grid.add_column("all", justify="right")
    cells = scores.tables.get(f"{table.rows} / {table.columns}", {})
    for name, rate in rows.items():
        grid.add_row(name, *(_cell(cells.get(f"{name} / {column}")) for column in columns), _cell(rate))
    if columns:
        grid.add_section()
        grid.add_row("all", *(_cell(rate) for rate in columns.values()), _cell(scores.overall))
    return grid


def confusion_table(scores: Scores, labels: str) -> Grid:
    """Return how often what was meant, a row, got what answer, a column."""
    grid = _grid()
    grid.add_column(f"{labels} meant", no_wrap=True)
    answers = sorted({said for row in scores.confusion.values() for said in row})
    for name in answers:
        grid.add_column(name, justify="right")
    for meant, row in sorted(scores.confusion.items()):
        grid.add_row(meant, *(_confused(row, meant, said) for said in answers))
    return grid


def score_lines(scores: Scores) -> list[str]:
    """Return what else a reader must know of a judge's score, each in a line."""
    lines = [f"{scores.judge}: {scores.protocol}"]
    if scores.excluded:
        lines.append(f"{scores.judge}: {scores.excluded} samples are left out, as the protocol says")
    if scores.missing:
        lines.append(f"{scores.judge}: {scores.missing} samples have no prediction yet, and are in no rate")
    if scores.flip_rate is not None:
        chances = ", ".join(f"pass^{k} {rate:.1%}" for k, rate in enumerate(scores.pass_hat, start=1))
        lines.append(f"{scores.judge}: {scores.flip_rate:.1%} of the samples changed between repeats; {chances}")
    return lines


def tables_of(scores: Sequence[Scores], benchmark: Benchmark[Any]) -> list[Grid]:
    """Return all tables of a run: the judges', then the groups and the confusion of the first judge."""
    first = scores[0]
    confusion = [confusion_table(first, benchmark.labels)] if first.confusion else []
    return [overall_table(scores), *(group_table(first, table) for table in benchmark.tables), *confusion]


def _grid() -> Grid:
    return Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)


def _cell(rate: Rate | None) -> Text:
    if rate is None:
        return Text("")
    tone = "green" if rate.rate >= 0.8 else "yellow" if rate.rate >= 0.4 else "red"
    return Text.assemble((f"{rate.rate * 100:.1f} %", tone), (f" of {rate.samples}", "dim"))


def _count(count: int) -> Text:
    return Text(str(count), "red" if count else "dim")


def _confused(row: Mapping[str, int], meant: str, said: str) -> Text:
    count = row.get(said, 0)
    return Text(str(count), "" if meant == said else "red" if count else "dim")
