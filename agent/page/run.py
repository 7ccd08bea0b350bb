"""The page of a run: a list of its episodes, however many, that can be filtered without a server."""

from collections import Counter
from collections.abc import Iterable, Sequence

from handeye.agent.page.episode import badge, counted, duration
from handeye.agent.page.layout import said_text
from handeye.agent.page.row import Row


def run_body(rows: Sequence[Row], title: str) -> str:
    """Return the heading, the filter and a row for each episode."""
    return (
        f'<header class="head"><h1 class="said">{said_text(title)}</h1>'
        f'<div class="facts">{"".join(f"<span>{fact}</span>" for fact in _facts(rows))}</div></header>'
        f'{_filter(rows)}<ol class="rows">{"".join(row.html() for row in rows)}</ol>'
    )


def _facts(rows: Sequence[Row]) -> list[str]:
    solved = [row.solved for row in rows]
    facts = [f"<b>{sum(map(bool, solved)):,}</b> of <b>{len(rows):,}</b> solved"] if None not in solved else []
    # Without a verdict, a row says how the episode ended: what was lost with the machine is not the policy's failure.
    judged = {"solved", "not solved"} if facts else set()
    tones = {row.ending: row.tone for row in rows if row.ending not in judged}
    endings = Counter(row.ending for row in rows)
    facts += [badge(f"{endings[ending]:,} {ending}", tone) for ending, tone in sorted(tones.items())]
    facts.append(f"<b>{counted(sum(row.steps for row in rows), 'step')}</b>")
    facts.append(f"<b>{duration(sum(row.seconds for row in rows))}</b>")
    return facts + [f"<b>{said_text(policy)}</b>" for policy in sorted({row.policy for row in rows if row.policy})]


def _filter(rows: Sequence[Row]) -> str:
    """Return the controls. The script shows them, since they do nothing without it."""
    choices = [_choice("ending", "every outcome", (row.ending for row in rows))]
    if any(row.task for row in rows):
        choices.append(_choice("task", "every task", (row.task for row in rows if row.task)))
    return (
        '<form class="filter" hidden><input name="text" type="search" placeholder="search" aria-label="Search">'
        f'{"".join(choices)}<output id="shown"></output></form>'
    )


def _choice(name: str, every: str, values: Iterable[str]) -> str:
    counts = sorted(Counter(values).items())
    options = "".join(
        f'<option value="{said_text(value)}">{said_text(value)} ({count})</option>' for value, count in counts
    )
    return f'<select name="{name}" aria-label="{name.capitalize()}"><option value="">{every}</option>{options}</select>'
