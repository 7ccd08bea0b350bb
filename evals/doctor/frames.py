"""Whether the numbers of the replies were read in the right frame."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from handeye.actions.geometry import Point
from handeye.actions.schema import Click
from handeye.evals.doctor.finding import Finding
from handeye.evals.doctor.numbers import FRAMES, written
from handeye.evals.samples.judge import Judge
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot
from handeye.evals.samples.scoring import Judged
from handeye.evals.statistics.mcnemar import mcnemar, shown_p

WHAT = "frame of the points"
LEAST = 10
"""Fewer replies with numbers say nothing."""
GAIN = 0.05
"""Another frame is suspected if it scores higher by this share of the replies at least …"""
P = 0.01
"""… and McNemar's test of the two readings gives a p-value below this."""


class FrameScore(NamedTuple):
    """What the score would be in one frame."""

    frame: str
    right: int
    replies: int
    gained: int
    """Replies that are right in this frame only, and not as they were judged."""
    lost: int

    @property
    def rate(self) -> float:
        """The share that is right."""
        return self.right / self.replies if self.replies else 0.0

    @property
    def better(self) -> bool:
        """Whether this frame scores clearly higher than the one that the replies were judged in."""
        surely = mcnemar(self.lost, self.gained).p < P and self.gained > self.lost
        return self.replies >= LEAST and self.gained - self.lost >= GAIN * self.replies and surely


def frame_scores(judged: Sequence[Judged], judge: Judge[Any]) -> list[FrameScore]:
    """Return the scores in every frame, of the replies with numbers and with a place to hit; first as they were judged.

    Replies that could not be read count, as far as they have numbers: a point in the wrong frame often lies outside the
    image, and is then refused. Actions without a place do not.
    """
    replies = [
        (each, numbers)
        for each in judged
        if each.sample.target is not None and each.verdict.counted and each.prediction.error is None
        if each.prediction.point is not None or not each.prediction.actions
        if (numbers := written(each.prediction)) is not None
    ]
    before = [each.verdict.correct for each, _ in replies]
    scores = [FrameScore("as judged", sum(before), len(replies), 0, 0)]
    for frame in FRAMES:
        after = []
        for each, numbers in replies:
            size, image = each.prediction.size, each.prediction.image
            assert size is not None and image is not None  # else it has no numbers
            moved = pointing(each.prediction, frame.at(numbers, size, image.size))
            after.append(judge.judge(each.sample, moved).correct)
        gained = sum(new and not old for old, new in zip(before, after, strict=True))
        lost = sum(old and not new for old, new in zip(before, after, strict=True))
        scores.append(FrameScore(frame.name, sum(after), len(replies), gained, lost))
    return scores


def pointing(prediction: Prediction, place: Spot) -> Prediction:
    """Return the prediction as if its first action pointed at another place, which may lie outside the image."""
    point = Point(math.floor(place.x), math.floor(place.y))
    first = prediction.actions[0] if prediction.point is not None else Click(point=Point(0, 0))
    moved = first.model_copy(update={"point": point})
    return prediction.model_copy(update={"actions": (moved, *prediction.actions[1:]), "spot": place, "problem": None})


def frame_finding(scores: Sequence[FrameScore]) -> Finding:
    """Return what the scores in all frames say."""
    judged, *others = scores
    if judged.replies < LEAST:
        return Finding(WHAT, f"only {judged.replies} replies have numbers and a target: too few to tell")
    shown = ", ".join(f"{each.rate:.1%} in {each.frame}" for each in others)
    evidence = f"{judged.rate:.1%} as judged; {shown} (of {judged.replies} replies with numbers)"
    best = max(others, key=lambda each: each.right)
    if not best.better:
        return Finding(WHAT, evidence)
    p = shown_p(mcnemar(best.lost, best.gained).p)
    return Finding(
        WHAT,
        f"{evidence}; p {p}",
        f"the model seems to answer in {best.frame}: choose the --profile of its makers, or the --format that says so",
    )
