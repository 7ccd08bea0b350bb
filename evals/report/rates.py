"""The tables of rates in a report: by judge, by group, and beside published numbers."""

from collections.abc import Sequence
from typing import Final

from handeye.agent.page.layout import said_text
from handeye.evals.report.drawings.plots import interval_plot
from handeye.evals.report.html import Column, look_of, rate_text, run_name, section, table
from handeye.evals.report.published import is_of, published_for
from handeye.evals.results.rates import bounds, rate_of, rates_by
from handeye.evals.results.run import Results
from handeye.evals.samples.scores import Rate

MANY: Final = 150
"""The table of a grouping with more values than this is folded."""


def judges_section(runs: Sequence[Results]) -> str:
    """Return the rate of each run by each judge; empty if every benchmark has one judge."""
    names = list(dict.fromkeys(judge.name for results in runs for judge in results.judges))
    if len(names) < 2:
        return ""
    many = len(runs) > 1
    columns = [Column("", False), *(Column(run_name(results, place, many)) for place, results in enumerate(runs))]
    columns.append(Column("what counts as right", False))
    rows = []
    for name in names:
        found = [next((judge for judge in results.judges if judge.name == name), None) for results in runs]
        protocol = next(judge.protocol for judge in found if judge is not None)
        cells = [
            ""
            if judge is None
            else f"<b>{judge.rate * 100:.1f}</b> <small>{judge.low * 100:.1f} to {judge.high * 100:.1f}</small>"
            for judge in found
        ]
        rows.append([said_text(name), *cells, f'<span class="why">{said_text(protocol)}</span>'])
    return section("By every judge", table(columns, rows), "The same answers, judged by each protocol.")


def groups_sections(runs: Sequence[Results]) -> str:
    """Return a table for each grouping: a row for each value, with the rate of each run."""
    groupings = list(dict.fromkeys(name for results in runs for name in results.groupings))
    return "".join(_groups(runs, grouping) for grouping in groupings)


def _groups(runs: Sequence[Results], grouping: str) -> str:
    by_run = [rates_by(results, grouping) for results in runs]
    values = sorted({value for rates in by_run for value in rates})
    episodes = any(results.kind == "episodes" for results in runs)
    if len(values) < 2 and not episodes:
        return ""
    many = len(runs) > 1
    columns = [Column(said_text(grouping), False), Column("n")]
    for place, results in enumerate(runs):
        columns += [Column(run_name(results, place, many)), Column("", False, under_last=True)]
        if episodes:
            columns += [Column("steps"), Column("s")]
    rows = []
    for value in values:
        counts = [rates[value].samples for rates in by_run if value in rates]
        row = [said_text(value), f"{max(counts):,}"]
        for place, (results, rates) in enumerate(zip(runs, by_run, strict=True)):
            row += _cells(rates.get(value), place)
            if episodes:
                row += _spent(results, grouping, value)
        rows.append(row)
    if len(values) > 1:
        total = ["<b>all</b>", f"{max(len(results.items) for results in runs):,}"]
        for place, results in enumerate(runs):
            total += _cells(rate_of(results.items), place)
            if episodes:
                total += ["", ""]
        rows.append(total)
    note = "Rates in per cent with their 95 % intervals: the wider one of Wilson's and that by resampled images."
    if episodes:
        note = "Rates in per cent with Wilson's 95 % interval, or that by resampled episodes where it is wider."
    shown = table(columns, rows, "rates" + (" many" if many else ""))
    if len(values) > MANY:
        shown = f'<details class="manifest"><summary>{len(values):,} values</summary>{shown}</details>'
    return section(f"By {said_text(grouping)}", shown, note)


def _cells(rate: Rate | None, place: int) -> list[str]:
    return ["", ""] if rate is None else [rate_text(rate), interval_plot(rate, look_of(place))]


def _spent(results: Results, grouping: str, value: str) -> list[str]:
    """Return the mean steps and seconds of the episodes of a task."""
    answers = [answer for item in results.items if item.groups.get(grouping) == value for answer in item.answers]
    if not answers:
        return ["", ""]
    steps = sum(answer.steps or 0 for answer in answers) / len(answers)
    return [f"{steps:.1f}", f"{sum(answer.seconds for answer in answers) / len(answers):.1f}"]


def published_section(runs: Sequence[Results]) -> str:
    """Return published numbers beside the runs; empty where none are known."""
    lines = {each: None for results in runs for each in published_for(results)}
    if not lines:
        return ""
    rows = [_own(results, place) for place, results in enumerate(runs) if published_for(results)]
    for each in lines:
        same = [place for place, results in enumerate(runs) if is_of(each, results.model)]
        model = f"<b>{said_text(each.model)}</b>" if same else said_text(each.model)
        doubt = f'<span class="doubt">disputed</span> {said_text(each.disputed)}' if each.disputed else ""
        beside = [_beside(runs[place], place, each.score, each.setting) for place in same]
        why = " ".join(filter(None, ("<br>".join(filter(None, beside)), doubt)))
        source = f'<span class="why">{said_text(each.source)}</span>'
        rows.append([model, said_text(each.setting), f"{each.score:.1f}", source, why])
    columns = [Column("model", False), Column("setting", False), Column("%"), *2 * [Column("", False)]]
    note = (
        "Prompt, resolution, judge and subset move these numbers by more than models do: compare only what was "
        "measured alike."
    )
    return section("Beside published numbers", table(columns, rows, "published"), note)


def _own(results: Results, place: int) -> list[str]:
    rate = rate_of(results.items)
    plot = interval_plot(rate, look_of(place))
    return [run_name(results, place, False), said_text(results.judge), rate_text(rate), "this run", plot]


def _beside(results: Results, place: int, score: float, setting: str) -> str:
    """Return whether a published number of the same model lies in the interval of a run; empty for another setting."""
    if setting:
        return ""
    low, high = bounds(rate_of(results.items))
    mark = f'<span class="run-name {look_of(place)}"><i></i></span>'
    if low * 100 <= score <= high * 100:
        return f"{mark} within the interval of this run"
    return f"{mark} {abs(score - (low if score < low * 100 else high) * 100):.1f} outside the interval of this run"
