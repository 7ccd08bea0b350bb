"""The protocol of UI-R1: lll6gg/UI-R1, evaluation/eval_ac.py and evaluation/test_androidcontrol.py."""

import math
from typing import Final

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.judges.judge import Match, StepJudge, is_click
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.sample import USUAL_SCREEN, StepSample
from handeye.evals.androidcontrol.truth import Opened, Pressed, Scrolled, Tap, Typed
from handeye.evals.samples.region import Spot

_FAR: Final = 1080 * 0.14
_MOST_PIXELS: Final = 1_000_000
"""With this, a screen of 1080x2400 is seen at the size that its script names."""
_SEEN: Final = Size(644, 1484)
"""How UI-R1 sees a screen of 1080x2400; its script takes all images to have this size."""
_KINDS: Final = {"click": "click", "open": "open_app", "swipe": "scroll", "type": "input_text", "back": "navigate_back"}


class UiR1(StepJudge):
    """Types of actions, and places of clicks. Texts, apps and directions are not compared."""

    name = "ui-r1"
    protocol = (
        "the type of the action, and for a click its place within 151.2 px, every screen taken for 1080x2400; no other "
        "argument counts; its own numbers are TM and grounding (lll6gg/UI-R1 eval_ac.py)"
    )
    convention = "content"

    def counts(self, sample: StepSample) -> bool:
        """Return whether a step is of one of the five types that UI-R1 keeps."""
        match sample.truth:
            case Tap(long=long):
                return not long
            case Pressed(button):
                return button == "back"
            case kind:
                return isinstance(kind, Opened | Scrolled | Typed)

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. The grounding accuracy is over all clicks."""
        is_type = said is not None and _KINDS.get(said.kind) == _name(sample)
        if not is_click(sample.truth):
            return Match(is_type, is_type)
        assert isinstance(sample.truth, Tap)
        hit = is_type and said is not None and _is_near(said, sample.truth.spot)
        return Match(is_type, hit, hit)


def _name(sample: StepSample) -> str:
    match sample.truth:
        case Tap():
            return "click"
        case Opened():
            return "open_app"
        case Scrolled():
            return "scroll"
        case Typed():
            return "input_text"
        case _:
            return "navigate_back"


def _is_near(said: Said, spot: Spot) -> bool:
    """Return whether a click is near the label; a click at the left or upper edge, whose number is 0, never is."""
    assert said.place is not None
    seen = _seen(said.size)
    x = _scaled(said.place.x, said.size.width, seen.width, USUAL_SCREEN.width, _SEEN.width)
    y = _scaled(said.place.y, said.size.height, seen.height, USUAL_SCREEN.height, _SEEN.height)
    return x > 0 and y > 0 and math.sqrt((int(spot.x) - x) ** 2 + (int(spot.y) - y) ** 2) < _FAR


def _seen(size: Size) -> Size:
    """Return how UI-R1 would see a screen."""
    from handeye.model.images.resize import smart_resize  # imports numpy

    return smart_resize(size, 28, 56 * 56, _MOST_PIXELS)


def _scaled(place: float, side: int, seen: int, usual: int, usual_seen: int) -> int:
    """Return a place as its script scales it: as if the image that was seen were one of a screen of 1080x2400."""
    return int(round(place * seen * usual / (side * usual_seen), 6))
