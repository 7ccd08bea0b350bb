"""The page of a comparison: the differences, what was measured differently, and the items that changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from handeye.agent.page.episode import badge
from handeye.agent.page.layout import said_text, told_text
from handeye.evals.comparison.compare import Comparison, Contrast, Pair
from handeye.evals.comparison.tables import became, interval, paired_line, points, reward_line, verdict_line
from handeye.evals.report.document import address, manifests_section, whole_page
from handeye.evals.report.drawings.marks import Mark
from handeye.evals.report.drawings.plots import difference_plot
from handeye.evals.report.drawings.screenshot import pictures
from handeye.evals.report.heading import notes, run_cards
from handeye.evals.report.html import Column, section, table
from handeye.evals.results.answer import Item
from handeye.evals.statistics.mcnemar import shown_p

MOST: Final = 200
"""How many changed items a page shows unless told otherwise."""
_LONGEST: Final = 2_000


def comparison_page(comparison: Comparison, path: Path, *, most: int = MOST) -> str:
    """Return the page as HTML. `path` is where it will lie; at most `most` items that changed are shown."""
    runs = (comparison.first, comparison.second)
    name = f"{comparison.first.title}: two runs"
    overall = comparison.overall
    tone = "warn" if overall.p >= 0.05 else "good" if overall.difference.mean > 0 else "bad"
    lines = "<br>".join(map(told_text, comparison.warnings))
    warnings = f'<p class="last-words warn">{lines}</p>' if lines else ""
    rewards = "" if comparison.rewards is None else f"<span>{told_text(reward_line(comparison.rewards))}</span>"
    body = (
        f'<header class="head"><h1>{told_text(name)}</h1><div class="facts">{badge(verdict_line(comparison), tone)}'
        f"<span>{told_text(paired_line(comparison))}</span>{rewards}</div>{warnings}</header>"
        f"{run_cards(runs, [address(results.folder, path) for results in runs])}{notes(runs)}"
        f"{_differences(comparison)}{_settings(comparison)}{_flips(comparison, most)}{manifests_section(runs)}"
    )
    return whole_page(name, body)


def _differences(comparison: Comparison) -> str:
    contrasts = [comparison.overall, *(each for group in comparison.groups.values() for each in group)]
    ends = [abs(end) for each in contrasts for end in each.difference[:3] if each.difference.low > -1]
    widest = max(ends, default=1.0)
    columns = [Column("", False), Column("n"), Column(_letter("A", "a")), Column(_letter("B", "b")), Column("B - A")]
    columns += [Column("95 %"), Column("", False), Column("p"), Column("better"), Column("worse")]
    rows = [_row(comparison.overall, widest, "<b>all</b>")]
    for grouping, group in comparison.groups.items():
        rows += [_row(each, widest, f"{said_text(each.name)} <small>{said_text(grouping)}</small>") for each in group]
    clusters = "images" if comparison.first.kind == "samples" else "episodes"
    test = "by resampling" if comparison.overall.test is None else "by McNemar's test"
    note = (
        f"In points. The intervals are by resampling {clusters}, p {test}; p of groups are not corrected for their "
        "number. The worst for B come first."
    )
    return section("Differences", table(columns, rows, "contrasts"), note)


def _letter(name: str, look: str) -> str:
    return f'<span class="run-name {look}"><i></i>{name}</span>'


def _row(each: Contrast, widest: float, name: str) -> list[str]:
    tone = "" if each.p >= 0.05 else "tone-good" if each.difference.mean > 0 else "tone-bad"
    known = each.difference.low > -1 or each.difference.high < 1
    return [
        name,
        f"{each.pairs:,}",
        f"{each.first * 100:.1f}",
        f"{each.second * 100:.1f}",
        f'<b class="{tone}">{points(each.difference.mean)}</b>',
        f"<small>{interval(each)}</small>",
        difference_plot(each.difference.mean, each.difference.low, each.difference.high, widest) if known else "",
        f'<span class="{tone}">{said_text(shown_p(each.p))}</span>',
        str(each.gained),
        str(each.lost),
    ]


def _settings(comparison: Comparison) -> str:
    rows = [[said_text(each.name), told_text(each.first), told_text(each.second)] for each in comparison.settings]
    columns = [Column("", False), Column("A", False), Column("B", False)]
    return section("What differs", table(columns, rows, "differ") if rows else "", "By the manifests of the two runs.")


def _flips(comparison: Comparison, most: int) -> str:
    """Return the items that changed, those that are worse in B first."""
    pairs = [*comparison.lost, *comparison.gained]
    if not pairs:
        return section("What changed", '<p class="sub">No item changed.</p>')
    half = max(1, most // 2)
    lost = comparison.lost[: max(half, most - len(comparison.gained))]
    shown = [*lost, *comparison.gained[: most - len(lost)]]
    groupings = comparison.first.groupings
    cards = "".join(_card(pair, groupings) for pair in shown)
    ways = (("worse", "worse in B", len(comparison.lost)), ("better", "better in B", len(comparison.gained)))
    options = "".join(f'<option value="{value}">{words} ({count})</option>' for value, words, count in ways)
    controls = (
        '<form class="filter" hidden><input name="text" type="search" placeholder="search" aria-label="Search">'
        f'<select name="way" aria-label="Which way"><option value="">both ways</option>{options}</select>'
        '<output id="shown"></output></form>'
    )
    counted = f"All {len(pairs):,}" if len(shown) == len(pairs) else f"{len(shown):,} of {len(pairs):,}"
    note = f"{counted}; the worst categories first. Green is the target, blue is A, orange is B."
    return section("What changed", f'{controls}<ol class="cases">{cards}</ol><dialog></dialog>', note)


def _card(pair: Pair, groupings: Sequence[str]) -> str:
    item = pair.first
    way = "better" if pair.gain > 0 else "worse"
    chips = "".join(
        f'<span class="chip">{said_text(item.groups[name])}</span>' for name in groupings if item.groups.get(name)
    )
    marks = [
        Mark(pixel, look) for each, look in zip(pair, "ab", strict=True) if (pixel := each.answers[0].pixel) is not None
    ]
    label = said_text(item.instruction[:80])
    shot = f'<div class="shots">{pictures(item.image, item.target, marks, label)}</div>' if item.image else ""
    tone = "good" if pair.gain > 0 else "bad"
    fates = _became(pair.first, "a", "A") + _became(pair.second, "b", "B")
    return (
        f'<li class="case" data-way="{way}">{shot}<div class="tell">'
        f'<p class="said ask">{said_text(item.instruction) or "&nbsp;"}</p>'
        f'<p class="chips">{badge(f"{way} in B", tone)}{fates}{chips}</p><p class="id">{said_text(item.id)}</p>'
        f"{_reply(pair.first, 'A')}{_reply(pair.second, 'B')}</div></li>"
    )


def _became(item: Item, look: str, name: str) -> str:
    return f'<span class="run-name {look}"><i></i>{name} {said_text(became(item))}</span>'


def _reply(item: Item, name: str) -> str:
    answer = item.answers[0]
    text = answer.error or answer.text
    if not text:
        return ""
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f'<details><summary>reply of {name}</summary><pre class="said">{told_text(shown)}</pre></details>'
