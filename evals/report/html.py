"""Pieces of a report's page. What comes from outside is escaped by those who call them."""

from collections.abc import Sequence
from typing import NamedTuple

from handeye.agent.page.layout import said_text
from handeye.evals.results.rates import bounds
from handeye.evals.results.run import Results
from handeye.evals.samples.scores import Rate

LOOKS = "abcdef"
"""The colours of runs, in order; a seventh run has the first again."""


class Column(NamedTuple):
    """A column of a table."""

    name: str
    """HTML."""
    number: bool = True
    """Whether it holds numbers, which stand at the right."""
    under_last: bool = False
    """Whether the name of the column before stands over both."""


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], look: str = "") -> str:
    """Return a table in a box that scrolls sideways where the page is too narrow. Names and cells are HTML."""
    kinds = ["n" if column.number else "t" for column in columns]
    head = ""
    for place, column in enumerate(columns):
        if column.under_last:
            continue
        wide = place + 1 < len(columns) and columns[place + 1].under_last
        head += f'<th class="{kinds[place]}" scope="col"{" colspan=2" if wide else ""}>{column.name}</th>'
    lines = ["".join(f'<td class="{kind}">{c}</td>' for kind, c in zip(kinds, row, strict=True)) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    attribute = f' class="{look}"' if look else ""
    return f'<div class="sheet"><table{attribute}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def section(title: str, body: str, note: str = "", anchor: str = "") -> str:
    """Return a part of the page under a heading; empty if it has no body."""
    if not body:
        return ""
    said = f'<p class="sub">{note}</p>' if note else ""
    mark = f' id="{anchor}"' if anchor else ""
    return f'<section class="part"{mark}><h2>{title}</h2>{said}{body}</section>'


def percent(share: float) -> str:
    """Return a share in per cent with one decimal, such as "84.7 %"."""
    return f"{share * 100:.1f} %"


def rate_text(rate: Rate) -> str:
    """Return a rate with its interval as HTML."""
    low, high = bounds(rate)
    return f"<b>{rate.rate * 100:.1f}</b> <small>{low * 100:.1f} to {high * 100:.1f}</small>"


def run_name(results: Results, place: int, many: bool) -> str:
    """Return the model of a run as HTML, with its colour and its folder where there are several runs."""
    look = look_of(place)
    model = short_model(results.model)
    folder = f" <small>{said_text(results.name)}</small>" if many else ""
    return f'<span class="run-name {look}"><i></i>{said_text(model)}{folder}</span>'


def short_model(model: str) -> str:
    """Return a model's name without its owner or folder."""
    return model.rstrip("/").rsplit("/", 1)[-1] or "unknown model"


def look_of(place: int) -> str:
    """Return the class of a run's colour."""
    return LOOKS[place % len(LOOKS)]
