"""The protocol of UGround, whose 500 steps Aria-UI and Aguvis use too.

OSU-NLP-Group/UGround, offline_evaluation/AndroidControl/eval.py and extract_raw.py.
"""

from collections.abc import Sequence

from handeye.evals.androidcontrol.judges.judge import MISS, Match, StepJudge
from handeye.evals.androidcontrol.judges.said import Said
from handeye.evals.androidcontrol.sample import StepSample
from handeye.evals.androidcontrol.screen import Element
from handeye.evals.androidcontrol.scroll import labelled
from handeye.evals.androidcontrol.truth import Finished, Opened, Pressed, Scrolled, Tap, Typed, Waited, kind_of
from handeye.evals.samples.region import Spot


class UGround(StepJudge):
    """All arguments exact; a click also counts as opening an app or going back if what it hits is called so.

    The reverse, opening an app or going back where a person clicked, needs the place that a second model was asked for:
    without one it is wrong. As in its script, any words at that place will do for an app.
    """

    name = "uground"
    protocol = (
        "EM; click in the smallest element that contains the label's place; texts and scrolls exact; a click on what "
        "is called as the app, or back, counts as opening it, or going back (OSU-NLP-Group/UGround eval.py)"
    )
    convention = "content"

    def counts(self, sample: StepSample) -> bool:
        """Return whether the elements are known: without them no click can be right."""
        return sample.screen.elements is not None

    def match(self, sample: StepSample, said: Said | None) -> Match:
        """Compare an answer. The grounding accuracy is over what its script counts as a grounding step."""
        if said is None:
            return MISS
        elements, truth = sample.screen.elements or (), sample.truth
        is_type = _name(said) == ("input_text" if isinstance(truth, Typed) else kind_of(truth))
        match truth:
            case Tap(spot) if is_type:
                hit = _hits(elements, said, spot)
                return Match(True, hit, hit)
            case Typed(text, Spot() as spot) if is_type:
                hit = said.text == text and _hits(elements, said, spot)
                return Match(True, hit, hit)
            case Typed(text=text) if is_type:
                return Match(True, said.text == text)
            case Opened(app) if is_type:
                return Match(True, said.text == app)
            case Scrolled(direction) if is_type:
                return Match(True, labelled(said.moved(), sample.scroll.of(self.convention)) == direction)
            case Finished() if is_type:
                return Match(True, said.succeeded)
            case Pressed() | Waited() if is_type:
                return Match(True, True)
            case _:
                return _equivalent(sample, said, elements)


def _name(said: Said) -> str:
    """Return the type of an answer in AndroidControl's words."""
    match said.kind:
        case "swipe":
            return "scroll"
        case "type":
            return "input_text"
        case "open":
            return "open_app"
        case "back" | "home":
            return f"navigate_{said.kind}"
        case "terminate":
            return "finish"
        case kind:
            return kind


def _equivalent(sample: StepSample, said: Said, elements: Sequence[Element]) -> Match:
    """Return whether an answer of another type comes to the same."""
    clicked = isinstance(sample.truth, Tap) and not sample.truth.long
    match sample.truth, said.kind:
        case Opened(app), "click":
            right = _called(elements, said, app)
            return Match(False, right, right)
        case Pressed("back"), "click":
            right = _called(elements, said, "back")
            return Match(False, right, right)
        case _, "back" if clicked:
            right = _called(elements, said, "back")
            return Match(False, right, right)
        case _, "open" if clicked:
            return Match(False, _called(elements, said, ""))
        case _:
            return MISS


def _smallest(elements: Sequence[Element], spot: Spot) -> Element | None:
    """Return the smallest element that contains a place; the first of several."""
    there = [each for each in elements if each.bounds.contains(*spot)]
    return min(there, key=lambda each: each.bounds.area, default=None)


def _hits(elements: Sequence[Element], said: Said, spot: Spot) -> bool:
    """Return whether an answer lies in the smallest element that contains a place."""
    element = _smallest(elements, spot)
    return element is not None and said.place is not None and element.bounds.contains(*said.place)


def _called(elements: Sequence[Element], said: Said, name: str) -> bool:
    """Return whether the words of what an answer hits contain a name."""
    element = None if said.place is None else _smallest(elements, said.place)
    if element is None:
        return False
    return any(words and name.lower() in words.lower() for words in (element.text, element.description))
