"""Small plots in a page, as SVG: what a rate is and how sure, and what became of the answers."""

from collections.abc import Mapping

from handeye.evals.results.answer import Fate
from handeye.evals.results.rates import bounds
from handeye.evals.samples.scores import Rate

FATES: Mapping[Fate, str] = {
    "right": "right",
    "miss": "wrong",
    "format": "wrong format",
    "error": "machine failed",
}
"""What each is called, in the order in which they are shown."""


def interval_plot(rate: Rate, look: str = "a") -> str:
    """Return a line from 0 to 100 % with the interval and the rate on it."""
    low, high = bounds(rate)
    return (
        f'<svg class="interval {look}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="scale" d="M0 5H100M0 3V7M50 3V7M100 3V7"/>'
        f'<path class="span" d="M{low * 100:.2f} 5H{max(high * 100, low * 100 + 0.1):.2f}"/>'
        f'<path class="at" d="M{rate.rate * 100:.2f} 5h.01"/></svg>'
    )


def difference_plot(mean: float, low: float, high: float, widest: float) -> str:
    """Return a line from -`widest` to `widest` with an interval of a difference on it; 0 is in the middle."""
    scaled = [max(-50.0, min(50.0, 50 * value / widest)) if widest else 0.0 for value in (low, mean, high)]
    tone = "good" if low > 0 else "bad" if high < 0 else "even"
    return (
        f'<svg class="interval {tone}" viewBox="-50 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="scale" d="M-50 5H50M0 0V10"/>'
        f'<path class="span" d="M{scaled[0]:.2f} 5H{max(scaled[2], scaled[0] + 0.1):.2f}"/>'
        f'<path class="at" d="M{scaled[1]:.2f} 5h.01"/></svg>'
    )


def fate_bar(counts: Mapping[Fate, int]) -> str:
    """Return a bar of the shares of what became of the answers, and a legend with the numbers."""
    total = sum(counts.values()) or 1
    parts, left = "", 0.0
    for fate in FATES:
        width = counts[fate] * 100 / total
        if width:
            parts += f'<rect class="{fate}" x="{left:.3f}" width="{width:.3f}" height="8"/>'
        left += width
    legend = "".join(
        f'<li class="{fate}"><b>{counts[fate]:,}</b> {name}</li>'
        for fate, name in FATES.items()
        if counts[fate] or fate in ("right", "miss")
    )
    bar = f'<svg class="fates" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{parts}</svg>'
    return f'{bar}<ul class="legend">{legend}</ul>'
