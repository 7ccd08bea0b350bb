"""The page of one or several runs: one HTML file that needs no network and no other file.

All text from outside is escaped, and the content security policy allows only the page's own script and style, by their
hashes. Pages of episodes, where there are any, are linked by their relative paths.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from handeye.agent.journal.durable import write_whole
from handeye.agent.page.layout import page_html, told_text
from handeye.evals.errors import ResultsError
from handeye.evals.report.confusion import confusion_section
from handeye.evals.report.costs import Price, costs_section
from handeye.evals.report.gallery import MOST, gallery_section
from handeye.evals.report.heading import date_of, notes, run_cards
from handeye.evals.report.html import run_name, section
from handeye.evals.report.rates import groups_sections, judges_section, published_section
from handeye.evals.results.run import Results

PACKAGE = "handeye.evals.report"
FOOT = (
    '<span class="keys"><kbd>/</kbd> search · <kbd>t</kbd> theme</span>'
    "<span>Points and distances are in pixels of the screenshot.</span>"
)


def report_page(runs: Sequence[Results], path: Path, *, price: Price | None = None, most: int = MOST) -> str:
    """Return the page of runs as HTML. `path` is where it will lie; it shows at most `most` failures."""
    name = title_of(runs)
    folders = [address(results.folder, path) for results in runs]
    body = (
        f'<header class="head"><h1>{told_text(name)}</h1><div class="facts">{_facts(runs)}</div></header>'
        f"{run_cards(runs, folders)}{notes(runs)}"
        f"{groups_sections(runs)}{judges_section(runs)}{published_section(runs)}"
        f"{confusion_section(runs)}{costs_section(runs, price)}"
        f"{gallery_section(runs, folders, most)}"
        f"{manifests_section(runs)}"
    )
    return whole_page(name, body)


def whole_page(name: str, body: str) -> str:
    """Return a page in the look of reports."""
    return page_html(name, body, script="page.js", style="page.css", package=PACKAGE, images="data:", foot=FOOT)


def write_page(content: str, path: Path) -> None:
    """Write a page atomically. Raises `ResultsError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.encode("utf-8", errors="replace"))
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror or error}") from error


def title_of(runs: Sequence[Results]) -> str:
    """Return the titles of the runs' benchmarks."""
    return ", ".join(dict.fromkeys(results.title for results in runs))


def manifests_section(runs: Sequence[Results]) -> str:
    """Return what was run and how, folded."""
    parts = []
    for place, results in enumerate(runs):
        manifest = dict(results.manifest)
        if isinstance(data := manifest.get("data"), str) and Path(data).is_absolute():
            manifest["data"] = Path(data).name  # a page is made to be shared
        text = told_text(json.dumps(manifest, indent=2, ensure_ascii=False))
        parts.append(
            f'<details class="manifest"><summary>{run_name(results, place, len(runs) > 1)}</summary>'
            f'<pre class="said">{text}</pre></details>'
        )
    return section("How it was measured", "".join(parts), "Each run's manifest, whole.")


def _facts(runs: Sequence[Results]) -> str:
    dates = sorted(filter(None, map(date_of, runs)))
    models = len({results.model for results in runs})
    facts = [
        f"<b>{len(runs)}</b> {'run' if len(runs) == 1 else 'runs'}",
        f"<b>{models}</b> {'model' if models == 1 else 'models'}",
        *(f"judge <b>{told_text(judge)}</b>" for judge in dict.fromkeys(results.judge for results in runs)),
        *dict.fromkeys(told_text(date) for date in dates[:: max(1, len(dates) - 1)]),
    ]
    return "".join(f"<span>{fact}</span>" for fact in facts)


def address(folder: Path, page: Path) -> str:
    """Return where a folder is, seen from the page; empty for the page's own folder."""
    try:
        found = Path(os.path.relpath(folder.resolve(), page.resolve().parent)).as_posix()
    except ValueError:  # on another drive of Windows
        return folder.resolve().as_posix()
    return "" if found == "." else found
