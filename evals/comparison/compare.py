"""Pairing two runs, and the difference between them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from handeye.actions.errors import HandeyeError
from handeye.evals.comparison.settings import Setting, settings_that_differ
from handeye.evals.results.answer import Item
from handeye.evals.results.run import Results
from handeye.evals.statistics.mcnemar import McNemar, mcnemar
from handeye.evals.statistics.paired import Difference, paired

SHOWN = 3
"""How many items an error names."""


class NotComparable(HandeyeError):
    """The two runs have not been asked the same things."""


class Pair(NamedTuple):
    """One question, answered by both runs."""

    first: Item
    second: Item

    @property
    def gain(self) -> float:
        """The share of right answers of the second minus that of the first, from -1 to 1."""
        return self.second.success - self.first.success


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """The difference on some of the pairs."""

    name: str
    """The value of a group; "all" of all pairs."""
    pairs: int
    first: float
    """The rate of the first run on these pairs."""
    second: float
    difference: Difference
    gained: int
    """Pairs at which the second run is better."""
    lost: int
    test: McNemar | None
    """For single answers; None with repeats, where `difference.p` holds."""

    @property
    def p(self) -> float:
        """The p-value of the test that fits."""
        return self.difference.p if self.test is None else self.test.p


class Rewards(NamedTuple):
    """The mean rewards of both runs, on the eval's own scale."""

    first: float
    second: float
    difference: Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs on what both were asked."""

    first: Results
    second: Results
    overall: Contrast
    groups: Mapping[str, Sequence[Contrast]]
    """By the name of a grouping, the worst for the second run first."""
    lost: Sequence[Pair]
    """Pairs at which the second run is worse, those of the worst category first."""
    gained: Sequence[Pair]
    """Pairs at which the second run is better, likewise by category, the best first."""
    only_first: int
    """Items that the second run lacks."""
    only_second: int
    rewards: Rewards | None
    """Of episodes whose rewards say more than whether they were solved; None of others."""
    settings: Sequence[Setting]
    """What differs between the runs."""
    warnings: Sequence[str]
    """What makes the comparison doubtful."""


def compare(first: Results, second: Results) -> Comparison:
    """Compare two runs on the items that both have.

    Samples are paired by their ids, episodes by task and seed. Raises `NotComparable` if the runs are of different
    benchmarks or judges, have no item in common, or were asked different things under one id.
    """
    _require_alike(first, second)
    others = {item.id: item for item in second.items}
    pairs = [Pair(item, others[item.id]) for item in first.items if item.id in others]
    if not pairs:
        raise NotComparable(f"{first.name} and {second.name} have no item in common: compare runs of the same data")
    _require_same_questions(pairs)
    single = first.repeats == second.repeats == 1
    groups = {}
    for grouping in first.groupings:
        by_value: dict[str, list[Pair]] = {}
        for pair in pairs:
            if value := pair.first.groups.get(grouping, ""):
                by_value.setdefault(value, []).append(pair)
        found = [contrast(name, members, single) for name, members in sorted(by_value.items())]
        groups[grouping] = sorted(found, key=lambda each: each.difference.mean)
    return Comparison(
        first=first,
        second=second,
        overall=contrast("all", pairs, single),
        groups=groups,
        lost=_by_category(groups, first.groupings, pairs, lambda gain: gain < 0),
        gained=_by_category(groups, first.groupings, pairs, lambda gain: gain > 0)[::-1],
        only_first=len(first.items) - len(pairs),
        only_second=len(second.items) - len(pairs),
        rewards=_rewards(pairs),
        settings=settings_that_differ(first, second),
        warnings=_warnings(first, second),
    )


def contrast(name: str, pairs: Sequence[Pair], single: bool) -> Contrast:
    """Return the difference on some pairs; `single` says that each item was answered once by both."""
    before, after = [pair.first.success for pair in pairs], [pair.second.success for pair in pairs]
    gained, lost = sum(pair.gain > 0 for pair in pairs), sum(pair.gain < 0 for pair in pairs)
    return Contrast(
        name=name,
        pairs=len(pairs),
        first=fmean(before),
        second=fmean(after),
        difference=paired(before, after, [pair.first.cluster for pair in pairs]),
        gained=gained,
        lost=lost,
        test=mcnemar(lost, gained) if single else None,
    )


def _rewards(pairs: Sequence[Pair]) -> Rewards | None:
    both = [(pair.first.reward, pair.second.reward) for pair in pairs]
    known = [(one, other) for one, other in both if one is not None and other is not None]
    if len(known) < len(pairs) or all(item.reward == item.success for pair in pairs for item in pair):
        return None
    before, after = [one for one, _ in known], [other for _, other in known]
    return Rewards(fmean(before), fmean(after), paired(before, after, [pair.first.cluster for pair in pairs]))


def _require_alike(first: Results, second: Results) -> None:
    for what, one, other in (
        ("kind", first.kind, second.kind),
        ("benchmark", first.benchmark, second.benchmark),
        ("judge", first.judge, second.judge),
        ("protocol", first.protocol, second.protocol),
    ):
        # Folders of episodes without a manifest do not say which eval they are of: their tasks do.
        unsaid = what == "benchmark" and not (first.fact("benchmark") and second.fact("benchmark"))
        if one != other and not unsaid:
            raise NotComparable(f"the {what} differs: {one!r} of {first.name}, {other!r} of {second.name}")


def _require_same_questions(pairs: Sequence[Pair]) -> None:
    """Raise `NotComparable` if one id means two things. Episodes of a drawn page may word their task differently."""
    apart = [
        pair.first.id
        for pair in pairs
        if (pair.first.instruction != pair.second.instruction and pair.first.instruction and pair.second.instruction)
        or pair.first.target != pair.second.target
    ]
    if apart:
        some = ", ".join(apart[:SHOWN])
        raise NotComparable(
            f"the runs were asked different things at {len(apart)} of {len(pairs)} items ({some}): they are of "
            "different data, or read with other options"
        )


def _by_category(
    groups: Mapping[str, Sequence[Contrast]],
    groupings: Sequence[str],
    pairs: Sequence[Pair],
    wanted: Callable[[float], bool],
) -> list[Pair]:
    """Return the pairs with a wanted gain in the order of the first grouping's categories, then as they come."""
    places = {each.name: place for place, each in enumerate(groups[groupings[0]])} if groupings else {}
    found = sorted((pair for pair in pairs if wanted(pair.gain)), key=lambda pair: pair.gain)
    if not places:
        return found
    return sorted(found, key=lambda pair: places.get(pair.first.groups.get(groupings[0], ""), len(places)))


def _warnings(first: Results, second: Results) -> list[str]:
    lines = []
    if first.digest != second.digest:
        lines.append(
            f"the datasets differ ({first.digest or 'unknown'}, {second.digest or 'unknown'}): only items with "
            "the same id, instruction and target are compared"
        )
    if first.repeats != second.repeats:
        lines.append(f"the repeats differ: {first.repeats} of {first.name}, {second.repeats} of {second.name}")
    for each in (first, second):
        lost = sum(answer.error is not None for answer in each.answers)
        if lost:
            lines.append(f"{each.name}: the machine failed at {lost} of {len(each.answers)} answers, counted as wrong")
        if each.missing:
            lines.append(f"{each.name}: {each.missing} samples have no prediction yet")
    return lines
