"""The head of a report: each run with its score and how it was measured."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from handeye.agent.page.layout import said_text, told_text
from handeye.evals.report.drawings.plots import fate_bar, interval_plot
from handeye.evals.report.html import look_of, percent, short_model
from handeye.evals.results.rates import bounds, fates, macro_of, rate_of
from handeye.evals.results.run import Results


def run_cards(runs: Sequence[Results], folders: Sequence[str]) -> str:
    """Return a card for each run. `folders` are the addresses of the runs' folders from the page."""
    places = enumerate(zip(runs, folders, strict=True))
    return f'<ol class="runs">{"".join(_card(results, look_of(place), at) for place, (results, at) in places)}</ol>'


def _card(results: Results, look: str, folder: str) -> str:
    rate = rate_of(results.items)
    low, high = bounds(rate)
    noun = "samples" if results.kind == "samples" else "episodes"
    macro = macro_of(results)
    other = "" if macro is None else f"<small>macro <b>{percent(macro)}</b></small>"
    return (
        f'<li class="card {look}"><h3 class="said"><i></i>{said_text(short_model(results.model))}</h3>'
        f'<p class="score"><b>{rate.rate * 100:.1f}</b><span>%</span>'
        f'<span class="ci"><span>{low * 100:.1f} to {high * 100:.1f} '
        f"<small>95 %, {rate.samples:,} {noun}</small></span>{other}</span></p>"
        f"{interval_plot(rate, look)}{fate_bar(fates(results))}{_facts(results)}{_pages(results, folder)}</li>"
    )


def _facts(results: Results) -> str:
    image = results.manifest.get("visual_tokens")
    tokens = f"{image.get('min')} to {image.get('max')}, mean {image.get('mean')}" if isinstance(image, dict) else ""
    facts = {
        "benchmark": results.title,
        "model": results.model,
        "server": results.fact("server"),
        "profile": " ".join(filter(None, (results.fact("profile"), results.fact("profile_hash")))),
        "format": results.fact("format"),
        "judge": results.judge,
        "repeats": str(results.repeats) if results.repeats > 1 else "",
        "pixels": _limits(results.manifest.get("pixels")),
        "visual tokens": tokens,
        "run on": " ".join(filter(None, (results.fact("device"), results.fact("dtype")))),
        "started": date_of(results),
        "folder": results.name,
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{told_text(fact)}</dd></div>" for name, fact in facts.items() if fact)
    return f'<dl class="how">{rows}</dl>'


def _pages(results: Results, folder: str) -> str:
    if not results.pages:
        return ""
    address = quote(f"{folder}/{results.pages}" if folder else results.pages)
    return f'<p class="more"><a href="{address}">the kept episodes, step by step →</a></p>'


def date_of(results: Results) -> str:
    """Return when a run was first started, to the minute; empty if that is not known."""
    try:
        return f"{datetime.fromisoformat(results.started):%Y-%m-%d %H:%M %Z}".strip() if results.started else ""
    except ValueError:
        return results.started


def notes(runs: Sequence[Results]) -> str:
    """Return what a reader of the scores must know."""
    lines = dict.fromkeys(f"{results.judge}: {results.protocol}" for results in runs)
    lines |= dict.fromkeys(note for results in runs for note in results.notes)
    for results in runs:
        counts = fates(results)
        if counts["error"]:
            lines[f"{results.name}: the machine failed at {counts['error']} answers, which count as wrong"] = None
        if results.missing:
            lines[f"{results.name}: {results.missing} samples have no prediction yet, and are in no rate"] = None
        if results.excluded:
            lines[f"{results.name}: {results.excluded} samples are left out, as the protocol says"] = None
    return f'<ul class="notes">{"".join(f"<li>{told_text(line)}</li>" for line in lines)}</ul>'


def _limits(pixels: object) -> str:
    """Return the least and the greatest area of an image as the model sees it."""
    match pixels:
        case {"min": int(least), "max": int(most)}:
            return f"{least:,} to {most:,}"
        case _:
            return ""
