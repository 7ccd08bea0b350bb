"""The protocol of AgentCPM-GUI.

OpenBMB/AgentCPM-GUI, eval/utils/evaluator.py (with --eval_android_control), eval/eval_data/process_ac.py, and
eval/run_predict_qwen2_5VL.py, which says what replies of Qwen2.5-VL become.
"""

import math
from typing import Final, Literal, TypeAlias

from handeye.evals.androidcontrol.judges.judge import Match, StepJudge
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.judges.texts import overlaps
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.screen import enlarged, nearest
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Truth, Typed
from handeye.evals.samples.region import Spot

_Type: TypeAlias = Literal["click", "long_point", "scroll", "type", "press", "stop"]

_FAR: Final = 0.04
"""Of each side of the screen."""
_TAP_MS: Final = 200
"""A press of this many milliseconds is a click, a longer one a long press, a shorter one a pause."""


class AgentCpm(StepJudge):
    """Opening an app is left out, and the end of each episode is a step.

    Waiting and ending are one type, `stop`. A long press becomes a click when the data are converted, so an answer that
    presses long there is wrong, and one that clicks is right.
    """

    name = "agentcpm"
    protocol = (
        "EM; click in one of the 5 boxes nearest to the label x1.2, or within 4 % per side; texts by substring; labels "
        "of scrolls turned round; no open_app; wait = finish; long_press = click (OpenBMB/AgentCPM-GUI evaluator.py)"
    )
    convention = "content"

    def counts(self, sample: StepSample) -> bool:
        """Return whether a step is anything but opening an app, which the conversion drops."""
        return not isinstance(sample.truth, Opened)

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. The grounding accuracy is the EM of clicks."""
        wanted = _wanted(sample.truth)
        answered = None if said is None else _answered(said)
        exact = said is not None and answered == wanted and self._exact(sample, said)
        return Match(answered == wanted, exact, exact if wanted == "click" else None)

    def _exact(self, sample: StepSample, said: Said) -> bool:
        match sample.truth:
            case Tap(spot):
                return _hits(sample, said, spot)
            case Scrolled(direction):
                return said.moved(said.size) == self.finger(sample, direction)
            case Typed(text=text):
                return overlaps(said.text, text)
            case Pressed(button):
                return said.kind == button
            case _:
                return True


def _wanted(truth: Truth) -> _Type:
    match truth:
        case Tap():
            return "click"
        case Scrolled():
            return "scroll"
        case Typed():
            return "type"
        case Pressed():
            return "press"
        case _:
            return "stop"


def _answered(said: Said) -> _Type | None:
    """Return what an answer becomes; None for what the schema does not have, such as opening an app."""
    match said.kind:
        case "click":
            return "click" if _is_on_screen(said) else None
        case "long_press":
            milliseconds = said.seconds * 1000
            if not _is_on_screen(said) or milliseconds != int(milliseconds):
                return None
            if milliseconds == _TAP_MS:
                return "click"
            return "long_point" if milliseconds > _TAP_MS else "stop"
        case "swipe":
            return "scroll"
        case "type":
            return "type"
        case "back" | "home" | "enter":
            return "press"
        case "wait" | "terminate":
            return "stop"
        case _:
            return None


def _is_on_screen(said: Said) -> bool:
    return all(0 <= number <= 1000 for number in _thousandths(said))


def _thousandths(said: Said) -> tuple[int, int]:
    """Return the place in thousandths of the screen's sides, cut off, as its runner writes it."""
    x, y = said.part()
    return int(round(x * 1000, 6)), int(round(y * 1000, 6))


def _hits(sample: StepSample, said: Said, spot: Spot) -> bool:
    x, y = (number / 1000 for number in _thousandths(said))
    for box in nearest(sample.screen.nearest or (), spot, said.size):
        top, left, height, width = enlarged(box, said.size)
        if top <= y <= top + height and left <= x <= left + width:
            return True
    dx, dy = spot.x / said.size.width - x, spot.y / said.size.height - y
    return math.sqrt(dx**2 + dy**2) <= _FAR
