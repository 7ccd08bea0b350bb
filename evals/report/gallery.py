"""The failures of runs, nearest misses first, with what the model saw and where it pointed."""

import base64
from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from handeye.agent.page.episode import badge
from handeye.agent.page.layout import said_text, told_text
from handeye.agent.page.thumbnail import THUMBNAIL
from handeye.evals.report.drawings.marks import Mark
from handeye.evals.report.drawings.plots import FATES
from handeye.evals.report.drawings.screenshot import pictures
from handeye.evals.report.html import look_of, section, short_model
from handeye.evals.results.answer import Answer, Item
from handeye.evals.results.run import Results

MOST: Final = 200
"""How many failures a page shows unless told otherwise."""
_CHOICES: Final = 60
"""A grouping with more values than this cannot be chosen from; the search finds them."""
_LONGEST: Final = 2_000
_TONES = {"miss": "warn", "format": "bad", "error": "bad", "right": "good"}


class Case(NamedTuple):
    """A failure."""

    run: int
    item: Item
    answer: Answer

    @property
    def order(self) -> tuple[int, float]:
        """Misses by their distance, then those without a distance, then wrong formats, then errors of the machine."""
        distance = self.answer.distance
        fate = ("miss", "format", "error").index(self.answer.fate)
        return (fate, float("inf") if distance is None or fate else distance)


def failures(runs: Sequence[Results]) -> list[Case]:
    """Return the first wrong answer of each item of each run, in the order in which they are shown."""
    cases = []
    for run, results in enumerate(runs):
        for item in results.items:
            wrong = [answer for answer in item.answers if not answer.right]
            if wrong:
                cases.append(Case(run, item, wrong[0]))
    return sorted(cases, key=lambda case: case.order)


def chosen(cases: Sequence[Case], most: int) -> list[Case]:
    """Return at most so many failures, of every kind by its share, the nearest misses among the misses."""
    if len(cases) <= most:
        return list(cases)
    by_kind: dict[tuple[int, str], list[Case]] = {}
    for case in cases:
        by_kind.setdefault((case.run, case.answer.fate), []).append(case)
    quotas = {name: max(1, most * len(kind) // len(cases)) for name, kind in by_kind.items()}
    while sum(quotas.values()) > most:
        quotas[max(quotas, key=lambda name: quotas[name])] -= 1
    kept = [case for name, kind in by_kind.items() for case in kind[: quotas[name]]]
    return sorted(kept, key=lambda case: case.order)


def gallery_section(runs: Sequence[Results], folders: Sequence[str], most: int = MOST) -> str:
    """Return the failures with filters. `folders` are the addresses of the runs' folders from the page."""
    cases = failures(runs)
    shown = chosen(cases, most)
    if not shown:
        said = f"{len(cases):,}, of which none is shown." if cases else "None: every answer is right."
        return section("Failures", f'<p class="sub">{said}</p>')
    groupings = list(dict.fromkeys(name for results in runs for name in results.groupings))
    cards = "".join(_card(case, runs, folders, groupings) for case in shown)
    counted = f"All {len(cases):,}" if len(shown) == len(cases) else f"{len(shown):,} of {len(cases):,}"
    placed = any(case.answer.distance is not None for case in shown)
    note = f"{counted}, nearest misses first. Green is the target." if placed else f"{counted}."
    body = f'{_filter(shown, runs, groupings)}<ol class="cases">{cards}</ol><dialog></dialog>'
    return section("Failures", body, note, "failures")


def _filter(cases: Sequence[Case], runs: Sequence[Results], groupings: Sequence[str]) -> str:
    """Return the controls. The script shows them, since they do nothing without it."""
    selects = []
    if len(runs) > 1:
        names = {str(run): f"{short_model(results.model)} ({results.name})" for run, results in enumerate(runs)}
        selects.append(_select("run", "every run", Counter(str(case.run) for case in cases), names))
    kinds = Counter(case.answer.fate for case in cases)
    selects.append(_select("fate", "every failure", Counter({str(k): n for k, n in kinds.items()}), dict(_words())))
    for number, grouping in enumerate(groupings):
        values = Counter(value for case in cases if (value := case.item.groups.get(grouping, "")))
        if 1 < len(values) <= _CHOICES:
            selects.append(_select(f"g{number}", f"every {grouping}", values, {}))
    return (
        '<form class="filter" hidden><input name="text" type="search" placeholder="search" aria-label="Search">'
        f'{"".join(selects)}<output id="shown"></output></form>'
    )


def _words() -> list[tuple[str, str]]:
    return [(str(fate), words) for fate, words in FATES.items()]


def _select(name: str, every: str, counts: Counter[str], words: dict[str, str]) -> str:
    options = "".join(
        f'<option value="{said_text(value)}">{said_text(words.get(value, value))} ({count})</option>'
        for value, count in sorted(counts.items())
    )
    label = said_text(every.capitalize())
    return f'<select name="{name}" aria-label="{label}"><option value="">{said_text(every)}</option>{options}</select>'


def _card(case: Case, runs: Sequence[Results], folders: Sequence[str], groupings: Sequence[str]) -> str:
    item, answer = case.item, case.answer
    results = runs[case.run]
    look = look_of(case.run)
    groups = "".join(
        f' data-g{number}="{said_text(item.groups[grouping])}"'
        for number, grouping in enumerate(groupings)
        if item.groups.get(grouping)
    )
    chips = "".join(
        f'<span class="chip">{said_text(item.groups[grouping])}</span>'
        for grouping in groupings
        if item.groups.get(grouping)
    )
    run = (
        f'<span class="run-name {look}"><i></i>{said_text(short_model(results.model))}</span>' if len(runs) > 1 else ""
    )
    return (
        f'<li class="case" data-run="{case.run}" data-fate="{answer.fate}"{groups}>'
        f'{_shot(case, look, results)}<div class="tell">'
        f'<p class="said ask">{said_text(item.instruction) or "&nbsp;"}</p>'
        f'<p class="chips">{badge(became(answer), _TONES[answer.fate])}{chips}{run}</p>'
        f"{_why(answer)}{_link(answer, folders[case.run])}"
        f'<p class="id">{said_text(item.id)}{_shares(item)}</p>{_reply(answer)}</div></li>'
    )


def _shot(case: Case, look: str, results: Results) -> str:
    item, answer = case.item, case.answer
    if item.image is None:
        return _last_screen(results.folder / answer.page) if answer.page else ""
    marks = [] if answer.pixel is None else [Mark(answer.pixel, look)]
    label = escape(f"{case.item.instruction[:80]}: {became(answer)}")
    return f'<div class="shots">{pictures(item.image, item.target, marks, label)}</div>'


def _last_screen(page: Path) -> str:
    """Return the small picture of an episode's last screen, which lies beside its page; empty if there is none."""
    try:
        picture = (page.parent / THUMBNAIL).read_bytes()
    except OSError:
        return ""
    data = base64.b64encode(picture).decode("ascii")
    return f'<div class="shots"><img src="data:image/jpeg;base64,{data}" alt="The last screen"></div>'


def became(answer: Answer) -> str:
    """Return what became of an answer, with the distance of a miss."""
    if answer.fate == "miss" and answer.distance is not None and answer.distance > 0:
        return f"{answer.distance:,.0f} px off"
    return FATES[answer.fate]


def _why(answer: Answer) -> str:
    reason = answer.error or answer.reason
    return f'<p class="reason said">{told_text(reason[:_LONGEST])}</p>' if reason else ""


def _link(answer: Answer, folder: str) -> str:
    if not answer.page:
        return ""
    address = f"{folder}/{answer.page}" if folder else answer.page
    return f'<p class="more"><a href="{quote(address)}">the episode, step by step →</a></p>'


def _shares(item: Item) -> str:
    right = sum(answer.right for answer in item.answers)
    return f" · {right} of {len(item.answers)} repeats right" if len(item.answers) > 1 else ""


def _reply(answer: Answer) -> str:
    if not answer.text or answer.steps is not None:  # an episode's is no reply
        return ""
    where = "" if answer.pixel is None else f"<p>read as {said_text(str(answer.pixel))}</p>"
    text = answer.text if len(answer.text) <= _LONGEST else f"{answer.text[:_LONGEST]}…"
    return f'<details><summary>reply</summary><pre class="said">{said_text(text)}</pre>{where}</details>'
