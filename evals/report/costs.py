"""What answers took: time, tokens, and money if a price is given."""

from collections.abc import Sequence
from statistics import fmean, median
from typing import NamedTuple

from handeye.agent.page.episode import duration
from handeye.evals.report.html import Column, run_name, section, table
from handeye.evals.results.run import Results


class Price(NamedTuple):
    """The price of a million tokens, in any currency."""

    prompt: float
    generated: float


class Spent(NamedTuple):
    """What the answers of a run took. What was not counted is None."""

    median_seconds: float
    p95_seconds: float
    seconds: float
    """Of all answers together; with several workers, longer than the run took."""
    prompt_tokens: float | None
    """Mean of an answer."""
    generated_tokens: float | None
    visual_tokens: float | None
    cost: float | None
    """Of all answers; None without a price or tokens."""


def spent_by(results: Results, price: Price | None) -> Spent:
    """Return what the answers of a run took. Those at which the machine failed are left out of times and means."""
    answers = [answer for answer in results.answers if answer.error is None]
    seconds = sorted(answer.seconds for answer in answers) or [0.0]
    prompt = [answer.prompt_tokens for answer in answers if answer.prompt_tokens is not None]
    generated = [answer.generated_tokens for answer in answers if answer.generated_tokens is not None]
    visual = [answer.visual_tokens for answer in answers if answer.visual_tokens is not None]
    cost = None
    if price is not None and prompt:
        cost = (sum(prompt) * price.prompt + sum(generated) * price.generated) / 1e6
    return Spent(
        median_seconds=median(seconds),
        p95_seconds=seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))],
        seconds=sum(seconds),
        prompt_tokens=fmean(prompt) if prompt else None,
        generated_tokens=fmean(generated) if generated else None,
        visual_tokens=fmean(visual) if visual else None,
        cost=cost,
    )


def costs_section(runs: Sequence[Results], price: Price | None) -> str:
    """Return what an answer of each run took."""
    columns = [Column("", False), Column("median"), Column("95th percentile"), Column("together")]
    columns += [Column("tokens of the prompt"), Column("of these visual"), Column("generated")]
    if price is not None:
        columns += [Column("cost"), Column("of 1,000 answers")]
    rows = []
    for place, results in enumerate(runs):
        spent = spent_by(results, price)
        row = [
            run_name(results, place, len(runs) > 1),
            f"{spent.median_seconds:.2f} s",
            f"{spent.p95_seconds:.2f} s",
            duration(spent.seconds),
            *(_mean(value) for value in (spent.prompt_tokens, spent.visual_tokens, spent.generated_tokens)),
        ]
        if price is not None:
            count = len(results.answers) or 1
            row += [money(spent.cost), money(None if spent.cost is None else spent.cost * 1000 / count)]
        rows.append(row)
    noun = "an answer" if all(results.kind == "samples" for results in runs) else "an episode"
    note = f"Seconds and tokens of {noun}."
    if price is not None:
        note += f" At {price.prompt:g} a million tokens of a prompt, and {price.generated:g} a million generated."
    return section("Time and tokens", table(columns, rows), note)


def money(amount: float | None) -> str:
    """Return an amount, without a currency; empty if it is not known."""
    return "" if amount is None else f"{amount:,.2f}" if amount >= 1 else f"{amount:.4f}"


def _mean(value: float | None) -> str:
    return "not counted" if value is None else f"{value:,.0f}"
