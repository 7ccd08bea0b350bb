"""The protocol of Qwen's own numbers: its maintainers' gist, as InfiGUI-R1 uses it.

QwenLM/Qwen2.5-VL, issue 904; copied in Reallm-Labs/InfiGUI-R1, eval/android_control/evaluate_android_control.py.
"""

import math
from collections.abc import Sequence
from typing import Final

from handeye.evals.androidcontrol.judges.judge import MISS, Match, StepJudge, is_click
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.judges.texts import overlaps
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.screen import ENLARGED
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Typed, Waited
from handeye.evals.samples.region import Spot

_FAR: Final = 0.04
"""Of the longer side of the image: how far from the label's place a click still counts."""


class Qwen(StepJudge):
    """Any of the candidate boxes counts, and these include whole scroll containers, so it is very lenient."""

    name = "qwen"
    protocol = (
        "EM; click in any candidate box x1.2, or within 4 % of the longer side; texts by substring; an app also opened "
        "by a click on it; swipe = finger; no final step (QwenLM/Qwen2.5-VL issue 904; Reallm-Labs/InfiGUI-R1)"
    )
    convention = "finger"

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. Unread answers are in TM and EM, and not in the grounding accuracy."""
        if said is None:
            return MISS
        found = self._match(sample, said)
        if is_click(sample.truth):
            return found._replace(grounding=found.exact and said.kind == "click")
        return found

    def _match(self, sample: StepSample, said: Said) -> Match:
        match sample.truth, said.kind:
            case Waited(), "wait":
                return Match(True, True)
            case Pressed(button), "back" | "home" | "enter" | "menu":
                return Match(True, said.kind == button)
            case Typed(text=text), "type":
                return Match(True, overlaps(said.text, text))
            case Opened(app), "open":
                return Match(True, overlaps(said.text, app))
            case Opened(), "click":
                return self._clicked_icon(sample, said)
            case Scrolled(direction), "swipe":
                return Match(True, said.moved(said.size) == self.finger(sample, direction))
            case (Tap(spot, False), "click") | (Tap(spot, True), "long_press"):
                return Match(True, self._hits(sample, said, spot))
            case _:
                return MISS

    def _clicked_icon(self, sample: StepSample, said: Said) -> Match:
        icons = sample.screen.candidates or ()
        return Match(True, hits(said, icons, middle(icons[0]))) if icons else MISS

    def _hits(self, sample: StepSample, said: Said, spot: Spot) -> bool:
        return hits(said, sample.screen.candidates or (), spot)


def hits(said: Said, boxes: Sequence[Bounds], spot: Spot) -> bool:
    """Return whether a click lies in one of the boxes, enlarged, or near a place; all in pixels of the screenshot."""
    assert said.place is not None
    (width, height), (x, y) = said.size, said.part()
    for box in boxes:
        left, top, right, bottom = box.left / width, box.top / height, box.right / width, box.bottom / height
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        wide, high = (right - left) * ENLARGED, (bottom - top) * ENLARGED
        if middle_x - wide / 2 <= x <= middle_x + wide / 2 and middle_y - high / 2 <= y <= middle_y + high / 2:
            return True
    return near(said, spot)


def near(said: Said, spot: Spot) -> bool:
    """Return whether a click lies within 4 % of the longer side of the image, as the model saw it, from a place."""
    x, y = said.part()
    dx = (spot.x / said.size.width - x) * said.seen.width
    dy = (spot.y / said.size.height - y) * said.seen.height
    return math.sqrt(dx**2 + dy**2) <= _FAR * max(said.seen)


def middle(box: Bounds) -> Spot:
    """Return the middle of a box."""
    return Spot((box.left + box.right) / 2, (box.top + box.bottom) / 2)
