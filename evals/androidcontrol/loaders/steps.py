"""From steps, however they were read, to samples."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.sample import Level, StepSample
from handeye.evals.androidcontrol.screen import NOTHING_KNOWN, Screen
from handeye.evals.androidcontrol.scroll import Scroll
from handeye.evals.androidcontrol.subsets import STEPS, Key, Subset
from handeye.evals.androidcontrol.truth import Finished, Tap, Truth, Typed, kind_of
from handeye.evals.samples.dataset import Dataset, InvalidDataset, require_counts
from handeye.evals.samples.region import Region, Spot

_LARGE = 0.25
"""A node that covers more of the screen than this is no target to draw."""
_AROUND = 0.02
"""How far a target reaches from a place without a node, in parts of the screen's longer side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an episode, before it is asked about."""

    key: Key
    goal: str
    """Empty where a file leaves it out."""
    instruction: str
    truth: Truth
    history: tuple[Truth, ...]
    """What was done before it, as far as it is known."""
    image: Path
    size: Size | None = None
    screen: Screen = NOTHING_KNOWN
    split: str = ""
    """The part of the test split; empty if it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a user asks for."""

    level: Level
    scroll: Scroll
    subset: Subset
    ids: Sequence[Key] | None
    """The steps that a file names; None for all."""
    part: bool
    """Whether fewer steps than the subset is known to have will do."""


def dataset_of(
    steps: Iterable[Step], asked: Asked, counts: Mapping[str, int], facts: Mapping[str, JsonValue]
) -> Dataset[StepSample]:
    """Return the samples. `counts` are those of the whole that the files should hold. Raises `InvalidDataset`."""
    chosen = _chosen(steps, asked.ids)
    found = Counter(kind_of(step.truth) for step in chosen)
    complete = _is_complete(asked, counts, found)
    if asked.level == "high" and any(not step.goal for step in chosen):
        raise InvalidDataset(
            "these files leave out the goals of the episodes, which the level high asks for: use --level low"
        )
    samples = [_sample(step, asked) for step in chosen]
    told: dict[str, JsonValue] = {
        "level": asked.level,
        "subset": asked.subset.name,
        "scroll": f"{asked.scroll.value}: {asked.scroll.told}",
        **facts,
        "actions": {kind: found[kind] for kind in sorted(found)},
    }
    cut = sum(len(step.history) != step.key.step for step in chosen)
    if cut:
        told["history"] = f"not whole: these files leave out steps before {cut} of the {len(chosen)}"
    digest = hashlib.sha256()
    for sample in samples:
        digest.update(repr((sample.id, sample.asked, sample.truth, sample.screen, sample.size)).encode())
    return Dataset(samples, digest.hexdigest()[:16], told, complete)


def _chosen(steps: Iterable[Step], ids: Sequence[Key] | None) -> list[Step]:
    if ids is None:
        return list(steps)
    wanted = set(ids)
    return [step for step in steps if step.key in wanted]


def _is_complete(asked: Asked, counts: Mapping[str, int], found: Mapping[str, int]) -> bool:
    """Return whether all steps are there. Raises `InvalidDataset` if not, unless a part will do."""
    total = {STEPS: sum(found.values())}
    if not total[STEPS]:
        raise InvalidDataset("none of the steps is in these files: check --subset, --ids and the files")
    expected = dict(counts)
    if asked.ids is not None and not expected:
        expected = {STEPS: len(asked.ids)}
    if not expected:
        return not asked.part
    have = total if STEPS in expected else found
    if asked.part:
        return dict(have) == expected
    require_counts(f"AndroidControl's {asked.subset.told}", have, expected)
    return True


def _sample(step: Step, asked: Asked) -> StepSample:
    groups = {"action": kind_of(step.truth), "split": step.split}
    return StepSample(
        id=f"{step.key.episode}_{step.key.step}",
        image=step.image,
        instruction=step.goal if asked.level == "high" else step.instruction,
        cluster=str(step.key.episode),
        groups={name: value for name, value in groups.items() if value},
        target=_target(step),
        level=asked.level,
        goal=step.goal,
        step="" if isinstance(step.truth, Finished) else step.instruction,
        truth=step.truth,
        history=step.history,
        size=step.size,
        screen=step.screen,
        scroll=asked.scroll,
    )


def _target(step: Step) -> Region | None:
    """Return what is drawn as the target of a click: the smallest node, or the place's surroundings."""
    if not isinstance(step.truth, Tap | Typed) or step.truth.spot is None:
        return None
    spot, size = step.truth.spot, step.size
    box = step.screen.smallest
    if box is not None and size is not None:
        left, right = max(0, box.left), min(size.width, box.right)
        top, bottom = max(0, box.top), min(size.height, box.bottom)
        if 0 < (right - left) * (bottom - top) <= _LARGE * size.width * size.height and right > left:
            return Region.box(left, top, right, bottom)
    return _around(spot, size)


def _around(spot: Spot, size: Size | None) -> Region:
    reach = _AROUND * (2400 if size is None else max(size))
    right, bottom = (float("inf"), float("inf")) if size is None else size
    return Region.box(
        max(0, spot.x - reach), max(0, spot.y - reach), min(right, spot.x + reach), min(bottom, spot.y + reach)
    )
