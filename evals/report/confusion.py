"""The confusion matrix in a report."""

from collections.abc import Sequence

from handeye.agent.page.layout import said_text
from handeye.evals.report.html import run_name, section
from handeye.evals.results.run import Results

_SHADES = 5


def confusion_section(runs: Sequence[Results]) -> str:
    """Return how often what was meant, a row, got what answer, a column, for each run that says so."""
    shown = [(place, results) for place, results in enumerate(runs) if results.confusion]
    body = "".join(_matrix(results, run_name(results, place, len(runs) > 1)) for place, results in shown)
    labels = dict.fromkeys(results.labels for _, results in shown)
    note = f"Rows say what was meant ({said_text(', '.join(labels))}), columns what was answered."
    return section("What was answered instead", f'<div class="matrices">{body}</div>' if body else "", note)


def _matrix(results: Results, name: str) -> str:
    meant = sorted(results.confusion)
    answered = {said for row in results.confusion.values() for said in row}
    said = [label for label in meant if label in answered] + sorted(answered - set(meant))
    head = "".join(f'<th scope="col">{said_text(label)}</th>' for label in said)
    rows = ""
    for label in meant:
        row = results.confusion[label]
        total = sum(row.values()) or 1
        cells = "".join(_cell(row.get(other, 0), total, other == label) for other in said)
        rows += f'<tr><th scope="row">{said_text(label)}</th>{cells}<td class="sum">{sum(row.values()):,}</td></tr>'
    return (
        f'<figure class="matrix"><figcaption>{name}</figcaption><div class="sheet"><table>'
        f"<thead><tr><th></th>{head}<th>all</th></tr></thead><tbody>{rows}</tbody></table></div></figure>"
    )


def _cell(count: int, total: int, same: bool) -> str:
    if not count:
        return '<td class="none">·</td>'
    shade = min(_SHADES, 1 + int(count / total * _SHADES))
    return f'<td class="{"hit" if same else "slip"} s{shade}" title="{count / total:.0%} of the row">{count:,}</td>'
