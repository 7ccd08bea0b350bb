"""What a prediction says, in the words that all protocols share."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from handeye.actions.geometry import Size
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.evals.androidcontrol.sample import USUAL_SCREEN, StepSample
from handeye.evals.androidcontrol.truth import Direction
from handeye.evals.samples.prediction import Prediction
from handeye.evals.samples.region import Spot

Kind: TypeAlias = Literal[
    "click", "long_press", "swipe", "type", "open", "back", "home", "enter", "menu", "wait", "terminate", "other"
]


@dataclass(frozen=True, slots=True)
class Said:
    """The first action of a reply, and the sizes that its place belongs to."""

    kind: Kind
    size: Size
    """Of the screenshot in pixels."""
    seen: Size
    """Of the image as the model saw it."""
    place: Spot | None = None
    """Where, exactly, in pixels of the screenshot."""
    end: Spot | None = None
    """Where a swipe ends, which begins at the place."""
    text: str = ""
    """What is typed, or the app to open."""
    seconds: float = 0.0
    """How long a long press takes."""
    succeeded: bool = False
    """Whether the task is said to be done."""

    def part(self) -> tuple[float, float]:
        """Return the place as parts of the screen's sides."""
        assert self.place is not None
        return self.place.x / self.size.width, self.place.y / self.size.height

    def moved(self, scale: Size = Size(1, 1)) -> Direction:
        """Return which way the finger moves along the axis on which it moves further, measured in sides of `scale`."""
        assert self.place is not None and self.end is not None
        dx = (self.end.x - self.place.x) / scale.width
        dy = (self.end.y - self.place.y) / scale.height
        if abs(dx) > abs(dy):
            return "right" if dx > 0 else "left"
        return "down" if dy > 0 else "up"


def said_of(sample: StepSample, prediction: Prediction) -> Said | None:
    """Return what a reply says first; None if it could not be read."""
    if prediction.problem is not None or not prediction.actions:
        return None
    size = sample.size or prediction.size or USUAL_SCREEN
    seen = size if prediction.image is None else prediction.image.size
    return _said(prediction.actions[0], prediction.place, size, seen)


def _said(action: AnyAction, place: Spot | None, size: Size, seen: Size) -> Said:
    match action:
        case Click():
            return Said("click", size, seen, place)
        case LongPress(seconds=seconds):
            return Said("long_press", size, seen, place, seconds=seconds)
        case Drag(path=path):
            return Said("swipe", size, seen, Spot(*path[0]), Spot(*path[-1]))
        case Scroll(point=point, dx=dx, dy=dy):  # the finger moves against what comes into view
            return Said("swipe", size, seen, Spot(*point), Spot(point.x - dx, point.y - dy))
        case Type(text=text):
            return Said("type", size, seen, place, text=text or "")
        case OpenApp(name=name):
            return Said("open", size, seen, place, text=name)
        case Back():
            return Said("back", size, seen, place)
        case Home():
            return Said("home", size, seen)
        case Press(keys=("enter",)):
            return Said("enter", size, seen)
        case RecentApps():
            return Said("menu", size, seen)
        case Wait() | WaitUntilStable():
            return Said("wait", size, seen)
        case Terminate(status=status):
            return Said("terminate", size, seen, succeeded=status == "success")
        case _:
            return Said("other", size, seen)
