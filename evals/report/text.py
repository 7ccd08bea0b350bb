"""The numbers of runs as Markdown, for an issue, a card or a paper."""

from collections.abc import Sequence

from handeye.evals.report.costs import Price, money, spent_by
from handeye.evals.report.heading import date_of
from handeye.evals.report.html import short_model
from handeye.evals.report.published import published_for
from handeye.evals.results.rates import bounds, fates, macro_of, rate_of, rates_by
from handeye.evals.results.run import Results
from handeye.evals.samples.scores import Rate


def markdown(runs: Sequence[Results], price: Price | None = None) -> str:
    """Return the tables of a report as Markdown. Text from outside is escaped."""
    parts = [f"# {escaped(', '.join(dict.fromkeys(results.title for results in runs)))}", _overall(runs, price)]
    parts += [f"- {escaped(line)}" for line in dict.fromkeys(f"{run.judge}: {run.protocol}" for run in runs)]
    for grouping in dict.fromkeys(name for results in runs for name in results.groupings):
        parts.append(f"\n## By {escaped(grouping)}\n\n{_groups(runs, grouping)}")
    if published := _published(runs):
        parts.append(f"\n## Published numbers\n\n{published}")
    return "\n".join(parts) + "\n"


def _overall(runs: Sequence[Results], price: Price | None) -> str:
    head = ["run", "judge", "profile", "n", "% (95 %)", "macro", "wrong", "wrong format", "machine failed"]
    head += ["median s", "95th percentile s", "tokens", *(("cost",) if price is not None else ()), "date"]
    rows = []
    for results in runs:
        counts, spent, macro = fates(results), spent_by(results, price), macro_of(results)
        tokens = None if spent.prompt_tokens is None else spent.prompt_tokens + (spent.generated_tokens or 0)
        rows.append(
            [
                _name(results),
                results.judge,
                results.fact("profile"),
                str(len(results.items)),
                rate_cell(rate_of(results.items)),
                "" if macro is None else f"{macro * 100:.1f}",
                str(counts["miss"]),
                str(counts["format"]),
                str(counts["error"]),
                f"{spent.median_seconds:.2f}",
                f"{spent.p95_seconds:.2f}",
                "" if tokens is None else f"{tokens:,.0f}",
                *((money(spent.cost),) if price is not None else ()),
                date_of(results),
            ]
        )
    return f"\n{_table(head, rows)}\n"


def _groups(runs: Sequence[Results], grouping: str) -> str:
    by_run = [rates_by(results, grouping) for results in runs]
    values = sorted({value for rates in by_run for value in rates})
    rows = [[value, *(rate_cell(rates[value]) if value in rates else "" for rates in by_run)] for value in values]
    return _table([grouping, *map(_name, runs)], rows)


def _published(runs: Sequence[Results]) -> str:
    lines = {each: None for results in runs for each in published_for(results)}
    rows = [
        [
            each.model,
            each.setting,
            f"{each.score:.1f}",
            each.source,
            f"disputed: {each.disputed}" if each.disputed else "",
        ]
        for each in lines
    ]
    return _table(["model", "setting", "%", "source", ""], rows) if rows else ""


def rate_cell(rate: Rate) -> str:
    """Return a rate with its interval, such as "84.7 (82.6 to 86.6)"."""
    low, high = bounds(rate)
    return f"{rate.rate * 100:.1f} ({low * 100:.1f} to {high * 100:.1f})"


def _name(results: Results) -> str:
    return f"{short_model(results.model)} ({results.name})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell if cell == '---' else escaped(cell) for cell in line)} |" for line in lines)


def escaped(text: str) -> str:
    """Return a text on one line in which nothing is Markdown or HTML."""
    line = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#~" else letter for letter in line)
