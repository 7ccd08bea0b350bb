"""The protocol of OS-Atlas, which UI-TARS follows.

OS-Copilot/OS-Atlas, eval/eval_scripts/android_control/evaluation_unify.py. It compares actions as they are written, so
what an answer says is written here in the form of OS-Atlas first.
"""

import math
from typing import Final

from handeye.evals.androidcontrol.judges.judge import MISS, Match, StepJudge, is_click
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.judges.texts import f1
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.scroll import labelled
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Truth, Typed, Waited
from handeye.evals.samples.region import Spot

_FAR: Final = 0.14 * 1000
_ENOUGH: Final = 0.5


class OsAtlas(StepJudge):
    """Places are compared in thousandths of each side, so a circle on them is an ellipse on the screen."""

    name = "osatlas"
    protocol = (
        "EM; click within 140 of 1000 per side; text and app by their first word only, as its script does; scroll by "
        "name (OS-Copilot/OS-Atlas evaluation_unify.py)"
    )
    convention = "content"

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. The grounding accuracy is over clicks that were answered with a click."""
        if said is None:
            return MISS
        answer, truth = self._answer(sample, said), self._truth(sample.truth)
        if answer.split()[0] != truth.split()[0]:
            return MISS
        match sample.truth:
            case Tap(spot):
                assert said.place is not None
                (x, y), (wanted_x, wanted_y) = _thousandths(said.place, said), _thousandths(spot, said)
                exact = math.sqrt((x - wanted_x) ** 2 + (y - wanted_y) ** 2) <= _FAR
                return Match(True, exact, exact if is_click(sample.truth) else None)
            case Opened() | Typed():
                first, wanted = answer.split()[1], truth.split()[1]  # with the bracket before it
                return Match(True, answer == truth or f1(first, wanted) > _ENOUGH)
            case _:
                return Match(True, answer == truth)

    def _answer(self, sample: StepSample, said: Said) -> str:
        match said.kind:
            case "click":
                return "CLICK"
            case "long_press":
                return "LONG_PRESS"
            case "swipe":
                return f"SCROLL [{labelled(said.moved(), sample.scroll.of(self.convention)).upper()}]"
            case "type":
                return f"TYPE [{said.text}]"
            case "open":
                return f"OPEN_APP [{said.text}]"
            case "back" | "home":
                return f"PRESS_{said.kind.upper()}"
            case "wait":
                return "WAIT"
            case "terminate":
                return "COMPLETE"
            case _:
                return "OTHER"

    @staticmethod
    def _truth(truth: Truth) -> str:
        match truth:
            case Tap(long=long):
                return "LONG_PRESS" if long else "CLICK"
            case Scrolled(direction):
                return f"SCROLL [{direction.upper()}]"
            case Typed(text=text):
                return f"TYPE [{text}]"
            case Opened(app):
                return f"OPEN_APP [{app}]"
            case Pressed(button):
                return f"PRESS_{button.upper()}"
            case Waited():
                return "WAIT"
            case _:
                return "COMPLETE"


def _thousandths(spot: Spot, said: Said) -> tuple[int, int]:
    """Return a place as OS-Atlas writes it: thousandths of the screen's sides, cut off."""
    return int(round(spot.x * 1000 / said.size.width, 6)), int(round(spot.y * 1000 / said.size.height, 6))
