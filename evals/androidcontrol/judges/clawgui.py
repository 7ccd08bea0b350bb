"""The protocol of ClawGUI-Eval: ZJU-REAL/ClawGUI, clawgui-eval/judge/androidcontrol_judge.py."""

import math
from typing import Final, NamedTuple

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.judges.judge import MISS, Match, StepJudge
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.judges.texts import f1
from handeye.evals.androidcontrol.records.forest import Bounds
from handeye.evals.androidcontrol.sample import USUAL_SCREEN, StepSample
from handeye.evals.androidcontrol.screen import NEAREST
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Typed, Waited
from handeye.evals.samples.region import Spot

_FAR: Final = math.sqrt((USUAL_SCREEN.width * 0.14) ** 2 + (USUAL_SCREEN.height * 0.14) ** 2)
"""368 pixels."""
_ENOUGH: Final = 0.5


class _Pixel(NamedTuple):
    """A place on a screen of 1080x2400, in whole pixels."""

    x: int
    y: int


class ClawGui(StepJudge):
    """Takes every screen for one of 1080x2400, and pixels of the image that the model sees for pixels of the screen."""

    name = "clawgui"
    protocol = (
        "EM; click in one of the 5 candidate boxes nearest to the answer, or within 368 px, every screen taken for "
        "1080x2400; texts by F1 > 0.5; labels of scrolls turned round (ZJU-REAL/ClawGUI androidcontrol_judge.py)"
    )
    convention = "content"

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. Unread ones, and such as have no name in its action space, are not in the grounding."""
        if said is None or said.kind in ("enter", "menu", "terminate", "other"):
            return MISS
        found = self._match(sample, said)
        return found._replace(grounding=found.exact) if isinstance(sample.truth, Tap) else found

    def _match(self, sample: StepSample, said: Said) -> Match:
        match sample.truth, said.kind:
            case (Tap(spot, False), "click") | (Tap(spot, True), "long_press"):
                return Match(True, _hits(sample, said, spot))
            case Typed(text=text), "type":
                return Match(True, said.text == text or f1(said.text, text) > _ENOUGH)
            case Opened(app), "open":
                return Match(True, said.text == app or f1(said.text, app) > _ENOUGH)
            case Scrolled(direction), "swipe":
                return Match(True, said.moved() == self.finger(sample, direction))
            case Pressed(button), "back" | "home":
                return Match(True, said.kind == button)
            case Waited(), "wait":
                return Match(True, True)
            case _:
                return MISS


def _hits(sample: StepSample, said: Said, spot: Spot) -> bool:
    assert said.place is not None
    written = Spot(said.place.x * said.seen.width / said.size.width, said.place.y * said.seen.height / said.size.height)
    answer, wanted = _pixel(written, USUAL_SCREEN), _pixel(spot, said.size)
    x, y = answer.x / USUAL_SCREEN.width, answer.y / USUAL_SCREEN.height

    def distance(box: Bounds) -> float:
        return math.sqrt(((box.left + box.right) / 2 - x) ** 2 + ((box.top + box.bottom) / 2 - y) ** 2)

    boxes = sorted(map(_parts, sample.screen.candidates or ()), key=distance)[:NEAREST]
    if any(box.contains(x, y) for box in boxes):
        return True
    return math.sqrt((answer.x - wanted.x) ** 2 + (answer.y - wanted.y) ** 2) <= _FAR


def _pixel(spot: Spot, screen: Size) -> _Pixel:
    """Return a place on a screen as a pixel of one of 1080x2400, by way of thousandths that are cut off."""
    x, y = int(round(spot.x * 1000 / screen.width, 6)), int(round(spot.y * 1000 / screen.height, 6))
    return _Pixel(int(x * USUAL_SCREEN.width / 1000), int(y * USUAL_SCREEN.height / 1000))


def _parts(box: Bounds) -> Bounds:
    width, height = USUAL_SCREEN
    return Bounds(box.left / width, box.top / height, box.right / width, box.bottom / height)
