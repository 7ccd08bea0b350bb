"""What the confidence of a model's points is worth: that of hits beside that of misses.

    handeye eval miniwob --tasks click-button,click-tab,... --max-steps 1 --keep all --out runs/clicks
    python benchmarks/confidence.py runs/clicks/journals

Reads the journals of an eval whose episodes are solved or not by a single click, of any model that ran here. Prints how
many were solved among those with a high and a low probability, and with a small and a large spread.
"""

import argparse
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise, product
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

from handeye.agent.journal.trajectory import read_trajectory
from handeye.agent.journal.verdict import read_verdict
from handeye.agent.journal.writer import JOURNAL

PROBABILITIES = (0.0, 0.1, 0.3, 0.6, 0.9, 1.01)
SPREADS = (0.0, 1.0, 3.0, 10.0, 30.0, math.inf)
"""In pixels of the screenshot."""


class Shot(NamedTuple):
    """A click that decided an episode."""

    task: str
    hit: bool
    probability: float
    spread: float
    """The larger of both directions, in pixels of the screenshot."""


def main() -> None:
    """Read the journals and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("journals", type=Path, help="folder of episodes that handeye eval --keep all has written")
    found = list(shots(parser.parse_args().journals))
    if not found:
        raise SystemExit("no episode has a verdict and a point whose confidence is known: was it run with --keep all?")
    hits, misses = ([shot for shot in found if shot.hit is hit] for hit in (True, False))
    print(f"{len(found)} clicks, {len(hits)} hits and {len(misses)} misses\n")
    print(f"{'median':24}{'probability':>13}{'spread px':>11}")
    for name, group in (("hits", hits), ("misses", misses)):
        if group:
            middle = median(shot.probability for shot in group), median(shot.spread for shot in group)
            print(f"{name:24}{middle[0]:13.2f}{middle[1]:11.1f}")
    print(f"\n{'a hit is surer than a miss':24}{'':2}by probability  by spread")
    for name, pairs in (("of any task", list(product(hits, misses))), ("of the same task", same_task(hits, misses))):
        if pairs:
            print(f"{name:24}{surer(pairs, probability):16.0%}{surer(pairs, steadiness):11.0%}")
    print()
    table("probability", found, PROBABILITIES, probability)
    table("spread, pixels", found, SPREADS, lambda shot: shot.spread)


def shots(folder: Path) -> Iterable[Shot]:
    """Yield the only point of each episode with one, if its confidence is known."""
    for journal in sorted(folder.glob(f"*/{JOURNAL}")):
        verdict = read_verdict(journal.parent)
        trajectory = read_trajectory(journal.parent)
        points = [point for step in trajectory.steps for action in step.decision.confidence for point in action]
        if verdict is not None and len(points) == 1 and (point := points[0]) is not None:
            yield Shot(str(trajectory.settings.get("task")), verdict.solved, point.probability, max(point.spread))


def probability(shot: Shot) -> float:
    """Return what is larger of a surer click."""
    return shot.probability


def steadiness(shot: Shot) -> float:
    """Return what is larger of a click with a smaller spread."""
    return -shot.spread


def same_task(hits: Sequence[Shot], misses: Sequence[Shot]) -> list[tuple[Shot, Shot]]:
    """Return all pairs of a hit and a miss of one task."""
    return [(hit, miss) for hit, miss in product(hits, misses) if hit.task == miss.task]


def surer(pairs: Sequence[tuple[Shot, Shot]], sure: Callable[[Shot], float]) -> float:
    """Return how often the hit is surer than the miss, ties counted half; 50 % says nothing, 100 % everything."""
    return fmean((sure(hit) > sure(miss)) + 0.5 * (sure(hit) == sure(miss)) for hit, miss in pairs)


def table(title: str, found: Sequence[Shot], edges: Sequence[float], value: Callable[[Shot], float]) -> None:
    """Print how many of the clicks between two edges hit."""
    print(f"{title:24}{'clicks':>8}{'hits':>9}")
    for low, high in pairwise(edges):
        inside = [shot.hit for shot in found if low <= value(shot) < high]
        if inside:
            upper = "" if high in (PROBABILITIES[-1], SPREADS[-1]) else f" to {high:g}"
            print(
                f"{f'{low:g}{upper}' if upper else f'from {low:g}':24}{len(inside):8}{sum(inside) / len(inside):9.0%}"
            )
    print()


if __name__ == "__main__":
    main()
