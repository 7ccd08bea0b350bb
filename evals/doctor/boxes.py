"""Whether the targets were read with the right meaning of their four numbers."""

from collections.abc import Sequence
from typing import Final

from handeye.evals.doctor.finding import Finding
from handeye.evals.doctor.frames import GAIN, LEAST, P
from handeye.evals.samples.region import Region
from handeye.evals.samples.scoring import Judged
from handeye.evals.statistics.mcnemar import mcnemar, shown_p

WHAT: Final = "boxes of the targets"
OUTSIDE: Final = 0.01
"""More targets than this share outside their images are suspicious: published files have nearly none."""
HUGE: Final = 0.6
"""A target of more than this share of its image is hardly a target."""
_ADVICE = "check the fact `boxes` of manifest.json, and the variant of the dataset: some have left, top, width, height"


def box_finding(judged: Sequence[Judged]) -> Finding:
    """Return whether points hit clearly more targets if those were left, top, width, height (or the other way round).

    Decided as for frames, of readings that are possible. Also whether targets leave their images, or fill them.
    """
    placed = [
        (each.sample.target, each.prediction.place, each.prediction.size)
        for each in judged
        if each.sample.target is not None and each.prediction.size is not None
    ]
    if len(placed) < LEAST:
        return Finding(WHAT, f"only {len(placed)} targets of known images: too few to tell")
    outside = sum(_leaves(target, *size) for target, _, size in placed)
    huge = sum(target.area > HUGE * size.width * size.height for target, _, size in placed)
    evidence = f"{outside} of {len(placed)} targets leave their image, {huge} fill most of it"
    for name, read in (("left, top, right, bottom", as_corners), ("left, top, width, height", as_corner_and_size)):
        others = [read(target) for target, _, _ in placed]
        impossible = sum(
            other is None or _leaves(other, *size) for other, (_, _, size) in zip(others, placed, strict=True)
        )
        if impossible > OUTSIDE * len(placed):
            evidence += f"; as {name} they would leave it"
            continue
        hits = [
            (target.contains(*point), other is not None and other.contains(*point))
            for other, (target, point, _) in zip(others, placed, strict=True)
            if point is not None
        ]
        gained, lost = sum(new and not old for old, new in hits), sum(old and not new for old, new in hits)
        p = mcnemar(lost, gained).p
        as_they_are, otherwise = ([hit[place] for hit in hits] for place in (0, 1))
        evidence += f"; points hit {_share(as_they_are)} of them, {_share(otherwise)} if they are {name}"
        if len(hits) >= LEAST and gained - lost >= GAIN * len(hits) and p < P:
            return Finding(WHAT, f"{evidence}; p {shown_p(p)}", f"the boxes seem to be misread: {_ADVICE}")
    suspicious = outside > OUTSIDE * len(placed) or huge > OUTSIDE * len(placed)
    return Finding(WHAT, evidence, _ADVICE if suspicious else "")


def as_corner_and_size(target: Region) -> Region | None:
    """Return a box whose numbers were taken for left, top, right, bottom, but are left, top, width, height.

    Reading has sorted the edges, so either number of a side may have been the size: the smaller one is taken for it,
    which gives the smaller box, and so never too high a score.
    """
    left, top, right, bottom = target.bounds
    return Region.box(right, bottom, left + right, top + bottom)


def as_corners(target: Region) -> Region | None:
    """Return a box whose numbers were taken for left, top, width, height, but are left, top, right, bottom.

    None if they cannot be: right would not be right of left.
    """
    left, top, right, bottom = target.bounds
    return None if right - left <= left or bottom - top <= top else Region.box(left, top, right - left, bottom - top)


def _leaves(target: Region, width: int, height: int) -> bool:
    left, top, right, bottom = target.bounds
    return left < -1 or top < -1 or right > width + 1 or bottom > height + 1


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.1%}" if hits else "none"
