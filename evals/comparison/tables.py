"""A comparison in the terminal, within 80 columns."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from handeye.agent.caption import printable
from handeye.evals.comparison.compare import Comparison, Contrast, Pair, Rewards
from handeye.evals.results.answer import Item
from handeye.evals.results.run import Results
from handeye.evals.statistics.mcnemar import shown_p

FLIPS: Final = 20
"""How many items are listed in each direction unless told otherwise."""
WORST: Final = 30
"""How many categories of a grouping are listed, the worst ones."""
_VALUE: Final = 30
"""The widest a setting is shown, in characters."""


def comparison_tables(comparison: Comparison, *, flips: int = FLIPS) -> list[RenderableType]:
    """Return all that is shown: what is compared, the differences, and the items that changed."""
    parts: list[RenderableType] = [_heading(comparison)]
    parts += [Text(f"! {printable(line)}", "bold yellow") for line in comparison.warnings]
    if comparison.settings:
        parts.append(settings_table(comparison))
    parts.append(differences_table(comparison))
    for pairs, what in ((comparison.lost, "worse in B"), (comparison.gained, "better in B")):
        if pairs and flips:
            parts.append(flips_table(comparison, pairs[:flips], f"{what}: {len(pairs)}"))
            if len(pairs) > flips:
                parts.append(Text(f"and {len(pairs) - flips} more: --flips {len(pairs)} shows all", "dim"))
    return parts


def verdict_line(comparison: Comparison) -> str:
    """Return the result in a sentence."""
    overall = comparison.overall
    test = "resampled" if overall.test is None else "McNemar, " + overall.test.kind
    sure = overall.p < 0.05
    better = "better" if overall.difference.mean > 0 else "worse"
    said = f"B is {better}" if sure else "no difference is shown"
    return f"{said}: {points(overall.difference.mean)} points, {interval(overall)}, p {shown_p(overall.p)} ({test})"


def reward_line(rewards: Rewards) -> str:
    """Return the mean rewards of both runs, and their difference."""
    mean, low, high, p = rewards.difference
    return (
        f"mean reward: A {rewards.first:.2f}, B {rewards.second:.2f}, B - A {mean:+.2f} ({low:+.2f} to {high:+.2f}), "
        f"p {shown_p(p)} (resampled)"
    )


def points(share: float) -> str:
    """Return a difference of rates in points, with its sign: "+1.4"."""
    return f"{share * 100:+.1f}"


def interval(contrast: Contrast) -> str:
    """Return the 95 % interval of a difference in points."""
    if (contrast.difference.low, contrast.difference.high) == (-1.0, 1.0):
        return "interval unknown"
    return f"{points(contrast.difference.low)} to {points(contrast.difference.high)}"


def _heading(comparison: Comparison) -> Text:
    first, second = comparison.first, comparison.second
    lines = [
        Text.assemble((printable(first.title), "bold"), f", judge {printable(first.judge)}"),
        Text(f"A  {label(first)}"),
        Text(f"B  {label(second)}"),
        Text(verdict_line(comparison), "bold"),
        *([Text(reward_line(comparison.rewards))] if comparison.rewards is not None else []),
        Text(paired_line(comparison), "dim"),
    ]
    return Text("\n").join(lines)


def paired_line(comparison: Comparison) -> str:
    """Return how many items are compared, and how many are left out."""
    noun = "samples" if comparison.first.kind == "samples" else "episodes"
    line = f"{comparison.overall.pairs} {noun} are in both"
    if comparison.only_first or comparison.only_second:
        line += f"; left out: {comparison.only_first} only in A, {comparison.only_second} only in B"
    return line


def label(results: Results) -> str:
    """Return the model and the folder of a run."""
    return f"{printable(results.model or 'unknown model')} ({printable(results.name)})"


def settings_table(comparison: Comparison) -> Table:
    """Return what the two runs were measured with, where that differs."""
    table = _grid("what differs")
    for name in ("", "A", "B"):
        table.add_column(name, overflow="fold")
    for each in comparison.settings:
        table.add_row(Text(printable(each.name)), *(Text(_short(value)) for value in _around(each.first, each.second)))
    return table


def differences_table(comparison: Comparison) -> Table:
    """Return the difference of all pairs and of each group, worst first."""
    table = _grid(f"B minus A in points, 95 % ({_method(comparison)})")
    table.add_column("", overflow="fold")
    for name in ("n", "A", "B", "B - A", "95 %", "p", "+", "-"):
        table.add_column(name, justify="right", no_wrap=True)
    _add(table, comparison.overall, bold=True)
    for grouping, contrasts in comparison.groups.items():
        table.add_section()
        table.add_row(Text(printable(grouping), "dim"))
        for each in contrasts[:WORST]:
            _add(table, each)
        if len(contrasts) > WORST:
            table.add_row(Text(f"and {len(contrasts) - WORST} more: --html shows all", "dim"))
    return table


def flips_table(comparison: Comparison, pairs: Sequence[Pair], title: str) -> Table:
    """Return items that one run has right and the other wrong."""
    groupings = comparison.first.groupings
    table = _grid(title)
    for name in (groupings[0] if groupings else "", "item", "asked"):
        table.add_column(name, no_wrap=True)
    for name in ("A", "B"):
        table.add_column(name, justify="right", no_wrap=True)
    for pair in pairs:
        value = pair.first.groups.get(groupings[0], "") if groupings else ""
        table.add_row(
            Text(_short(value, 12)),
            Text(_short(pair.first.id, 18)),
            Text(_short(pair.first.instruction, 24)),
            *(Text(became(item), "green" if item.success == 1 else "red") for item in pair),
        )
    return table


def became(item: Item) -> str:
    """Return what became of an item, in a word or two."""
    if len(item.answers) > 1:
        return f"{sum(answer.right for answer in item.answers)}/{len(item.answers)}"
    answer = item.answers[0]
    if answer.fate == "miss" and answer.distance is not None:
        return f"{answer.distance:.0f} px off"
    return {"right": "right", "miss": "wrong", "format": "format", "error": "error"}[answer.fate]


def _method(comparison: Comparison) -> str:
    clusters = "images" if comparison.first.kind == "samples" else "episodes"
    return f"by resampling {clusters}; p of groups are not corrected for their number"


def _add(table: Table, each: Contrast, bold: bool = False) -> None:
    tone = "" if each.p >= 0.05 else "green" if each.difference.mean > 0 else "red"
    table.add_row(
        Text(printable(each.name), "bold" if bold else ""),
        str(each.pairs),
        f"{each.first * 100:.1f}",
        f"{each.second * 100:.1f}",
        Text(points(each.difference.mean), f"bold {tone}".strip()),
        interval(each).replace("interval unknown", "unknown"),
        Text(shown_p(each.p), tone),
        Text(str(each.gained), "green" if each.gained else "dim"),
        Text(str(each.lost), "red" if each.lost else "dim"),
    )


def _around(first: str, second: str) -> tuple[str, str]:
    """Return two texts from where they begin to differ, so that long ones show their difference."""
    if max(len(first), len(second)) <= _VALUE:
        return first, second
    same = next((place for place, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    begin = max(0, same - 8)
    return ("…" if begin else "") + first[begin:], ("…" if begin else "") + second[begin:]


def _short(value: str, longest: int = _VALUE) -> str:
    shown = printable(value)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _grid(title: str) -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=Text(title, "dim"), title_justify="left")
